dnl SPDX-License-Identifier: BSD-2-Clause

dnl FW_CHECK_CFLAGS(VARIABLE, FLAGS): append the flags the compiler knows.
AC_DEFUN([FW_CHECK_CFLAGS], [
	fw_saved_cflags="$CFLAGS"
	for fw_flag in m4_normalize([$2]); do
		AC_MSG_CHECKING([whether $CC knows $fw_flag])
		CFLAGS="$fw_saved_cflags -Werror $fw_flag"
		AC_COMPILE_IFELSE([AC_LANG_PROGRAM([], [])],
			[AC_MSG_RESULT([yes]); $1="$$1 $fw_flag"],
			[AC_MSG_RESULT([no])])
	done
	CFLAGS="$fw_saved_cflags"
])

dnl FW_LIBRARY(PREFIX, MODULE, DEBIAN-PACKAGE, PURPOSE): required, by pkg-config.
AC_DEFUN([FW_LIBRARY], [
	PKG_CHECK_MODULES([$1], [$2], [], [AC_MSG_ERROR([
$2 was not found. Forwarden needs it for $4.
On Debian: apt-get install $3    (./scripts/deps installs all of them)
])])
])
