# A stack that was made for a pull request or a demonstration ends by itself.
package bella.ttl

week := 604800

deny contains {"message": "is made for a while and would stay forever; set ttl, such as 8h"} if {
	ephemeral
	input.ttl_seconds == null
}

deny contains {"message": message} if {
	input.ttl_seconds > week
	message := sprintf("would live for %d hours; set ttl to 7d or less, or leave it out for a stack that stays", [floor(input.ttl_seconds / 3600)])
}

deny contains {"message": "lives for a while and its objects do not say so: the tag bella:ttl is missing"} if {
	input.ttl_seconds != null
	not input.tags["bella:ttl"]
}

ephemeral if {
	some prefix in ["pr-", "preview-", "tmp-"]
	startswith(input.stack, prefix)
}

ephemeral if {
	some suffix in ["-preview", "-tmp"]
	endswith(input.stack, suffix)
}
