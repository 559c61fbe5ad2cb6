# A role may do what is named, and no more.
package bella.wildcard_actions

deny contains {"address": document.address, "message": message} if {
	some document in documents
	some statement in allowing(document.body)
	some action in data.bella.lib.listed(object.get(statement, "Action", []))
	is_string(action)
	contains(action, "*")
	message := sprintf("has %s, which allows %s; name each action", [document.name, action])
}

deny contains {"address": document.address, "message": message} if {
	some document in documents
	some statement in allowing(document.body)
	statement.NotAction
	message := sprintf("has %s, which allows all but some actions; name those it needs in Action", [document.name])
}

unknown contains {"address": document.address, "message": message} if {
	some document in documents
	data.bella.lib.is_unknown(document.body)
	message := sprintf("has %s, which is known only after apply", [document.name])
}

unknown contains {"address": document.address, "message": message} if {
	some document in documents
	some statement in allowing(document.body)
	some action in data.bella.lib.listed(object.get(statement, "Action", []))
	data.bella.lib.is_unknown(action)
	message := sprintf("has %s with an action that is known only after apply", [document.name])
}

documents contains {"address": role.address, "name": sprintf("the policy %s", [name]), "body": body} if {
	some role in data.bella.lib.of("iam_role")
	some name, body in data.bella.lib.property(role, "policies")
}

documents contains {"address": queue.address, "name": "a policy", "body": body} if {
	some queue in data.bella.lib.of("sqs_queue")
	body := data.bella.lib.property(queue, "policy")
	body != null
}

allowing(body) := [statement |
	data.bella.lib.known(body)
	some statement in data.bella.lib.listed(object.get(body, "Statement", []))
	statement.Effect == "Allow"
]
