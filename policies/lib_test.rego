package bella.lib_test

test_of_picks_a_kind if {
	data.bella.lib.of("vpc") == [{"address": "vpc.main", "kind": "vpc"}] with input as {"resources": [
		{"address": "vpc.main", "kind": "vpc"},
		{"address": "subnet.a", "kind": "subnet"},
	]}
}

test_only_the_one_key_makes_a_value_unknown if {
	data.bella.lib.is_unknown({"unknown": "${vpc.main.id}"})
	not data.bella.lib.is_unknown({"unknown": "x", "other": 1})
	not data.bella.lib.is_unknown({})
	not data.bella.lib.is_unknown("unknown")
	data.bella.lib.known(null)
	data.bella.lib.known(false)
}

test_what_is_unknown_does_not_differ if {
	not data.bella.lib.differs({"properties": {"on": {"unknown": "${a.b.c}"}}}, "on", true)
	data.bella.lib.differs({"properties": {"on": false}}, "on", true)
	data.bella.lib.differs({"properties": {}}, "on", true)
	not data.bella.lib.differs({"properties": {"on": true}}, "on", true)
}

test_production_serves_callers_in_aws_alone if {
	data.bella.lib.serves_callers with input as {"environment": "production", "rehearsal": false}
	not data.bella.lib.serves_callers with input as {"environment": "production", "rehearsal": true}
	not data.bella.lib.serves_callers with input as {"environment": "staging", "rehearsal": false}
}

test_one_is_a_list_of_one if {
	data.bella.lib.listed("a") == ["a"]
	data.bella.lib.listed(["a", "b"]) == ["a", "b"]
}
