# Production runs the very image that was tested: a digest names one image, a tag names whichever was pushed last.
package bella.image_digest

deny contains {"address": definition.address, "message": message} if {
	data.bella.lib.production
	some definition in data.bella.lib.of("task_definition")
	image := data.bella.lib.property(definition, "container").image
	is_string(image)
	not by_digest(image)
	not endswith(image, placeholder)
	message := sprintf("names the image %s; name it by digest, NAME@sha256:…, as bella deploy does", [image])
}

deny contains {"address": definition.address, "message": message} if {
	data.bella.lib.production
	some definition in data.bella.lib.of("task_definition")
	sidecars := data.bella.lib.property(definition, "sidecars")
	is_object(sidecars)
	some name, sidecar in sidecars
	not by_digest(sidecar.image)
	message := sprintf("names the image %s for the container %s beside it; name it by digest, or choose cache.mode serverless or node", [sidecar.image, name])
}

unknown contains {"address": definition.address, "message": "has an image that is known only after apply"} if {
	data.bella.lib.production
	some definition in data.bella.lib.of("task_definition")
	image := data.bella.lib.property(definition, "container").image
	data.bella.lib.is_unknown(image)
	not by_digest(image.unknown)
	not endswith(image.unknown, placeholder)
}

# Nothing is ever pushed under this tag, and no task runs before the first deployment.
placeholder := ":bootstrap"

by_digest(image) if contains(image, "@sha256:")
