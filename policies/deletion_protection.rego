# What production cannot lose is not deleted by a slip.
package bella.deletion_protection

kinds := {"db_instance", "load_balancer"}

deny contains {"address": resource.address, "message": "is not protected from deletion; set deletion_protection: true"} if {
	data.bella.lib.production
	some kind in kinds
	some resource in data.bella.lib.of(kind)
	data.bella.lib.differs(resource, "deletion_protection", true)
}

unknown contains verdict if {
	data.bella.lib.production
	some kind in kinds
	some resource in data.bella.lib.of(kind)
	verdict := data.bella.lib.undecided(resource, "deletion_protection")
}
