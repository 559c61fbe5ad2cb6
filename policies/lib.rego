# What the rules share.
package bella.lib

# The kind's resources that the stack wants.
of(kind) := [resource | some resource in input.resources; resource.kind == kind]

# Whether a value is known already. One that AWS decides is `{"unknown": "${…}"}` until it is made.
known(value) if not is_unknown(value)

is_unknown(value) if {
	is_object(value)
	object.keys(value) == {"unknown"}
}

# The property of a resource; null where it has none.
property(resource, name) := object.get(resource.properties, name, null)

# A property that is known to be something else than this.
differs(resource, name, wanted) if {
	value := property(resource, name)
	known(value)
	value != wanted
}

# What a rule says of a property that AWS decides: it is looked at before the call.
undecided(resource, name) := {
	"address": resource.address,
	"message": sprintf("has a value of %s that is known only after apply", [name]),
} if {
	is_unknown(property(resource, name))
}

production if input.environment == "production"

# Callers reach what is in AWS itself, and nobody calls a sandbox.
serves_callers if {
	production
	not input.rehearsal
}

# A list of one or of many, as IAM lets both be written.
listed(value) := value if is_array(value)

listed(value) := [value] if not is_array(value)
