package bella.encryption_in_transit_test

import data.bella.encryption_in_transit as transit

wanting(kind, properties, rest) := object.union(rest, {"resources": [{"address": "x.main", "kind": kind, "properties": properties}]})

http := {"protocol": "HTTP", "redirect": null}

test_a_cache_without_tls_is_denied if {
	count(transit.deny) == 1 with input as wanting("replication_group", {"transit_encryption": false}, {})
	count(transit.deny) == 0 with input as wanting("replication_group", {"transit_encryption": true}, {})
}

test_a_bucket_that_takes_plain_requests_is_denied if {
	count(transit.deny) == 1 with input as wanting("s3_bucket", {"tls_only": false}, {})
}

test_a_database_that_takes_plain_connections_is_denied if {
	count(transit.deny) == 1 with input as wanting("db_parameter_group", {"parameters": {}}, {})
	count(transit.deny) == 1 with input as wanting("db_parameter_group", {"parameters": {"rds.force_ssl": "0"}}, {})
	count(transit.deny) == 0 with input as wanting("db_parameter_group", {"parameters": {"rds.force_ssl": "1"}}, {})
}

test_production_speaks_https_to_callers if {
	count(transit.deny) == 1 with input as wanting("listener", http, {"environment": "production", "rehearsal": false})
	count(transit.deny) == 0 with input as wanting("listener", {"protocol": "HTTP", "redirect": {"port": 443}}, {"environment": "production", "rehearsal": false})
}

test_a_rehearsal_of_production_is_warned if {
	rehearsal := wanting("listener", http, {"environment": "production", "rehearsal": true})
	count(transit.deny) == 0 with input as rehearsal
	count(transit.warn) == 1 with input as rehearsal
}

test_development_may_speak_plainly if {
	development := wanting("listener", http, {"environment": "development", "rehearsal": false})
	count(transit.deny) == 0 with input as development
	count(transit.warn) == 0 with input as development
}

test_old_tls_is_denied if {
	count(transit.deny) == 1 with input as wanting("listener", {"protocol": "HTTPS", "ssl_policy": "ELBSecurityPolicy-TLS-1-0-2015-04"}, {})
	count(transit.deny) == 0 with input as wanting("listener", {"protocol": "HTTPS", "ssl_policy": "ELBSecurityPolicy-TLS13-1-2-2021-06"}, {})
}

test_unknown_is_said if {
	count(transit.unknown) == 1 with input as wanting("db_parameter_group", {"parameters": {"rds.force_ssl": {"unknown": "${a.b.c}"}}}, {})
	count(transit.deny) == 0 with input as wanting("db_parameter_group", {"parameters": {"rds.force_ssl": {"unknown": "${a.b.c}"}}}, {})
}
