# What callers say travels through TLS: to the load balancer, the database, the cache and buckets.
package bella.encryption_in_transit

switches := {
	"replication_group": "transit_encryption",
	"s3_bucket": "tls_only",
}

deny contains {"address": resource.address, "message": message} if {
	some kind, switch in switches
	some resource in data.bella.lib.of(kind)
	data.bella.lib.differs(resource, switch, true)
	message := sprintf("takes connections without TLS; set %s: true", [switch])
}

deny contains {"address": group.address, "message": "lets PostgreSQL be spoken without TLS; set its parameter rds.force_ssl to 1"} if {
	some group in data.bella.lib.of("db_parameter_group")
	parameters := data.bella.lib.property(group, "parameters")
	data.bella.lib.known(parameters)
	data.bella.lib.known(object.get(parameters, "rds.force_ssl", null))
	object.get(parameters, "rds.force_ssl", null) != "1"
}

deny contains {"address": listener.address, "message": message} if {
	some listener in data.bella.lib.of("listener")
	data.bella.lib.property(listener, "protocol") == "HTTPS"
	policy := data.bella.lib.property(listener, "ssl_policy")
	data.bella.lib.known(policy)
	not modern(policy)
	message := sprintf("speaks TLS by %v, which is older than TLS 1.2; leave ssl_policy out", [policy])
}

deny contains {"address": listener.address, "message": "answers callers over plain HTTP; give the stack a domain, and the load balancer speaks HTTPS"} if {
	some listener in plain
	data.bella.lib.serves_callers
}

warn contains {"address": listener.address, "message": "answers over plain HTTP; production in AWS needs a domain, so that the load balancer speaks HTTPS"} if {
	some listener in plain
	data.bella.lib.production
	not data.bella.lib.serves_callers
}

unknown contains verdict if {
	some kind, switch in switches
	some resource in data.bella.lib.of(kind)
	verdict := data.bella.lib.undecided(resource, switch)
}

unknown contains verdict if {
	some listener in data.bella.lib.of("listener")
	verdict := data.bella.lib.undecided(listener, "ssl_policy")
}

unknown contains verdict if {
	some group in data.bella.lib.of("db_parameter_group")
	verdict := data.bella.lib.undecided(group, "parameters")
}

unknown contains {"address": group.address, "message": "has a value of rds.force_ssl that is known only after apply"} if {
	some group in data.bella.lib.of("db_parameter_group")
	parameters := data.bella.lib.property(group, "parameters")
	data.bella.lib.known(parameters)
	data.bella.lib.is_unknown(object.get(parameters, "rds.force_ssl", null))
}

# Listeners that serve instead of sending callers on to HTTPS.
plain contains listener if {
	some listener in data.bella.lib.of("listener")
	data.bella.lib.property(listener, "protocol") == "HTTP"
	data.bella.lib.property(listener, "redirect") == null
}

modern(policy) if contains(policy, "-TLS13-1-2-")

modern(policy) if contains(policy, "-TLS13-1-3-")

modern(policy) if contains(policy, "-TLS-1-2-")

modern(policy) if contains(policy, "-FS-1-2-")
