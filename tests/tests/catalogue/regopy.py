# Answers of rego-cpp: files, inputs and queries in, for every input the answer to every query out.
import json
import sys

from regopy import Interpreter

asked = json.load(sys.stdin)
rego = Interpreter()
for name, text in asked["files"].items():
    rego.add_module(name, text)
answers = []
for one in asked["inputs"]:
    rego.set_input(one)
    # A rule that is not defined has no answer.
    found = (json.loads(str(rego.query(query))).get("expressions", [None]) for query in asked["queries"])
    answers.append([expressions[0] if expressions else None for expressions in found])
json.dump(answers, sys.stdout)
