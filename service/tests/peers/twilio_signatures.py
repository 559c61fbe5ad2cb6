"""Signs and verifies webhooks with Twilio's own library.

One JSON object a line on standard input: token, url, either params (a list of pairs) or body, and a signature.
One a line on standard output: the library's own signature, and whether it accepts the one it was given.
"""

import json
import sys

from twilio.request_validator import RequestValidator


class Params(dict):
    """Parameters of which one name can have several values, as web frameworks keep them."""

    def __init__(self, pairs):
        super().__init__(pairs)
        self.pairs = pairs

    def getall(self, name):
        return [value for known, value in self.pairs if known == name]


for line in sys.stdin:
    case = json.loads(line)
    validator = RequestValidator(case["token"])
    if "body" in case:
        payload, params = case["body"], {}
    else:
        payload = params = Params([tuple(pair) for pair in case["params"]])
    print(
        json.dumps(
            {
                "signature": validator.compute_signature(case["url"], params),
                "accepts": validator.validate(case["url"], payload, case["signature"]),
            }
        )
    )
