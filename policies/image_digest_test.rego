package bella.image_digest_test

import data.bella.image_digest

wanting(environment, image) := {
	"environment": environment,
	"resources": [{"address": "task_definition.service", "kind": "task_definition", "properties": {"container": {"image": image}}}],
}

test_a_digest_passes if {
	count(image_digest.deny) == 0 with input as wanting("production", "registry.example/bella@sha256:00")
}

test_a_tag_is_denied if {
	image_digest.deny == {{
		"address": "task_definition.service",
		"message": "names the image registry.example/bella:latest; name it by digest, NAME@sha256:…, as bella deploy does",
	}} with input as wanting("production", "registry.example/bella:latest")
}

test_before_the_first_deployment_there_is_none if {
	count(image_digest.deny) == 0 with input as wanting("production", "registry.example/bella:bootstrap")
	none := wanting("production", {"unknown": "${ecr_repository.service.uri}:bootstrap"})
	count(image_digest.deny) == 0 with input as none
	count(image_digest.unknown) == 0 with input as none
}

test_unknown_is_looked_at_before_the_call if {
	later := wanting("production", {"unknown": "${ecr_repository.service.uri}:latest"})
	count(image_digest.deny) == 0 with input as later
	count(image_digest.unknown) == 1 with input as later
}

test_other_stacks_may_run_a_tag if {
	count(image_digest.deny) == 0 with input as wanting("development", "registry.example/bella:latest")
}

beside(environment, image) := {
	"environment": environment,
	"resources": [{"address": "task_definition.service", "kind": "task_definition", "properties": {
		"container": {"image": "registry.example/bella@sha256:00"},
		"sidecars": {"cache": {"image": image}},
	}}],
}

test_a_tag_beside_it_is_denied if {
	image_digest.deny == {{
		"address": "task_definition.service",
		"message": "names the image registry.example/valkey:8 for the container cache beside it; name it by digest, or choose cache.mode serverless or node",
	}} with input as beside("production", "registry.example/valkey:8")
	count(image_digest.deny) == 0 with input as beside("production", "registry.example/valkey@sha256:00")
	count(image_digest.deny) == 0 with input as beside("development", "registry.example/valkey:8")
}
