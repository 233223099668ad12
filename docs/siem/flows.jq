# An event of Forwarden as one line for each flow: jq -c -f flows.jq
del(.forwarden.flows),
(.forwarden.flows[]? as $flow
	| del(.mailbox, .rcpt, .forward, .route) * $flow.fields
	| .forwarden.service = $flow.service
	| del(.forwarden.flows))
