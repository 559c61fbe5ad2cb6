# Nobody on the internet reaches what holds data.
package bella.public_data

# PostgreSQL, and Valkey or Redis with the port of a serverless cache's replicas.
ports := {5432, 6379, 6380}

deny contains {"address": instance.address, "message": "has an address on the internet; set publicly_accessible: false"} if {
	some instance in data.bella.lib.of("db_instance")
	data.bella.lib.differs(instance, "publicly_accessible", false)
}

deny contains {"address": bucket.address, "message": "may be made public; set block_public_access: true"} if {
	some bucket in data.bella.lib.of("s3_bucket")
	data.bella.lib.differs(bucket, "block_public_access", true)
}

deny contains {"address": rule.address, "message": message} if {
	some rule in opening
	peer := data.bella.lib.property(rule, "peer")
	data.bella.lib.known(peer)
	endswith(peer, "/0")
	message := sprintf("opens a data store's port to %s; name a security group as peer", [peer])
}

unknown contains verdict if {
	some rule in opening
	peer := data.bella.lib.property(rule, "peer")
	not names_group(peer)
	verdict := data.bella.lib.undecided(rule, "peer")
}

unknown contains verdict if {
	some instance in data.bella.lib.of("db_instance")
	verdict := data.bella.lib.undecided(instance, "publicly_accessible")
}

unknown contains verdict if {
	some bucket in data.bella.lib.of("s3_bucket")
	verdict := data.bella.lib.undecided(bucket, "block_public_access")
}

opening contains rule if {
	some rule in data.bella.lib.of("security_group_rule")
	data.bella.lib.property(rule, "direction") == "ingress"
	some port in ports
	spans(rule, port)
}

spans(rule, port) if {
	data.bella.lib.property(rule, "from_port") <= port
	data.bella.lib.property(rule, "to_port") >= port
}

# All protocols, all ports.
spans(rule, _) if data.bella.lib.property(rule, "protocol") == "-1"

# A security group's id is no range of addresses, whichever it will be.
names_group(peer) if {
	data.bella.lib.is_unknown(peer)
	startswith(peer.unknown, "${security_group.")
}
