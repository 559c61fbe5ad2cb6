# Callers are Canadian, and so is where their data lies.
package bella.regions

allowed := {"ca-central-1", "ca-west-1"}

deny contains {"message": message} if {
	data.bella.lib.production
	message := elsewhere
}

warn contains {"message": message} if {
	not data.bella.lib.production
	message := elsewhere
}

elsewhere := sprintf("is in %s, outside of Canada; set region to ca-central-1 or ca-west-1", [input.region]) if {
	not input.region in allowed
}
