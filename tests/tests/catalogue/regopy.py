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
    answers.append([json.loads(str(rego.query(query)))["expressions"][0] for query in asked["queries"]])
json.dump(answers, sys.stdout)
