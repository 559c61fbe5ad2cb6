# What is stored is encrypted: bookings, sessions, and messages on their way.
package bella.encryption_at_rest

switches := {
	"db_instance": "storage_encrypted",
	"replication_group": "at_rest_encryption",
	"sqs_queue": "sse",
}

deny contains {"address": resource.address, "message": message} if {
	some kind, switch in switches
	some resource in data.bella.lib.of(kind)
	data.bella.lib.differs(resource, switch, true)
	message := sprintf("is not encrypted at rest; set %s: true", [switch])
}

unknown contains verdict if {
	some kind, switch in switches
	some resource in data.bella.lib.of(kind)
	verdict := data.bella.lib.undecided(resource, switch)
}
