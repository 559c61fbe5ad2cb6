package bella.encryption_at_rest_test

import data.bella.encryption_at_rest

wanting(kind, properties) := {"resources": [{"address": "x.main", "kind": kind, "properties": properties}]}

test_each_switch_off_is_denied if {
	some kind, switch in encryption_at_rest.switches
	count(encryption_at_rest.deny) == 1 with input as wanting(kind, {switch: false})
	count(encryption_at_rest.deny) == 0 with input as wanting(kind, {switch: true})
}

test_the_message_names_the_switch if {
	encryption_at_rest.deny == {{
		"address": "x.main",
		"message": "is not encrypted at rest; set storage_encrypted: true",
	}} with input as wanting("db_instance", {"storage_encrypted": false})
}

test_unknown_is_neither_denied_nor_passed if {
	wanted := wanting("sqs_queue", {"sse": {"unknown": "${a.b.c}"}})
	count(encryption_at_rest.deny) == 0 with input as wanted
	count(encryption_at_rest.unknown) == 1 with input as wanted
}
