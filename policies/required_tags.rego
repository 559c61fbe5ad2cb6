# Everything says whose it is, what for, and who pays: cost reports and teardowns go by it.
package bella.required_tags

required := ["bella:cost_center", "bella:environment", "bella:owner", "bella:stack"]

deny contains {"message": message} if {
	some tag in required
	object.get(input.tags, tag, "") == ""
	message := sprintf("has no tag %s; the stack file's keys owner, cost_center, environment and stack set it", [tag])
}

warn contains {"message": "is billed to nobody; set cost_center"} if {
	object.get(input.tags, "bella:cost_center", "") == "unassigned"
}
