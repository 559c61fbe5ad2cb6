# Machines are of ARM, which are cheaper for the same work, and no larger than a booking service can use.
package bella.instance_classes

families := {"t4g", "m6g", "m7g", "m8g", "r6g", "r7g", "r8g"}

sizes := {"micro", "small", "medium", "large", "xlarge"}

classes := {"db_instance": "instance_class", "replication_group": "node_type"}

deny contains {"address": resource.address, "message": message} if {
	some kind, name in classes
	some resource in data.bella.lib.of(kind)
	class := data.bella.lib.property(resource, name)
	data.bella.lib.known(class)
	not allowed(class)
	message := sprintf("is of class %s; set %s to one of t4g, m6g, m7g, m8g, r6g, r7g, r8g, up to xlarge", [class, name])
}

deny contains {"address": resource.address, "message": message} if {
	input.environment == "development"
	some kind, name in classes
	some resource in data.bella.lib.of(kind)
	class := data.bella.lib.property(resource, name)
	data.bella.lib.known(class)
	allowed(class)
	split(class, ".")[1] != "t4g"
	message := sprintf("is of class %s in development; set %s to %s.t4g.micro", [class, name, split(class, ".")[0]])
}

unknown contains verdict if {
	some kind, name in classes
	some resource in data.bella.lib.of(kind)
	verdict := data.bella.lib.undecided(resource, name)
}

allowed(class) if {
	parts := split(class, ".")
	parts[1] in families
	parts[2] in sizes
}
