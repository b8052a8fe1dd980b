#!/usr/bin/python3
"""Verifies the signed assertion that Realmgate sends beside the identity headers (`x-realmgate-assertion`).

    verify.py --jwks https://login.example.org/.well-known/jwks.json --issuer https://login.example.org --audience portal < assertion

`--jwks` may also be a file. Prints the claims; exits with 1 when the assertion must not be believed.
Needs Debian's python3-jwt and python3-cryptography. In an application: keep the key set, call `verify` for each request.
"""
import argparse
import json
import sys
import urllib.request

import jwt


def load_keys(place):
    """The published keys by key id; load them again when an unknown key id appears."""
    is_url = place.startswith(("http://", "https://"))
    with urllib.request.urlopen(place, timeout=5) if is_url else open(place, "rb") as source:
        return {key["kid"]: jwt.PyJWK(key, "ES256").key for key in json.load(source)["keys"]}


def verify(assertion, keys, issuer, audience):
    """The claims of an assertion; raises when it must not be believed."""
    header = jwt.get_unverified_header(assertion)
    # Nothing but these three: a token may neither choose its key (jwk, jku, x5u) nor its rules (crit, b64).
    if sorted(header) != ["alg", "kid", "typ"] or header["typ"] != "JWT":
        raise jwt.InvalidTokenError(f"unexpected header {sorted(header)}")
    if header["kid"] not in keys:
        raise jwt.InvalidTokenError("unknown key")
    return jwt.decode(
        assertion,
        keys[header["kid"]],
        algorithms=["ES256"],  # ours to choose, never the token's
        issuer=issuer,
        audience=audience,
        options={"require": ["iss", "aud", "sub", "iat", "nbf", "exp"]},
        leeway=5,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for option in ("--jwks", "--issuer", "--audience"):
        parser.add_argument(option, required=True)
    options = parser.parse_args()
    try:
        print(json.dumps(verify(sys.stdin.read().strip(), load_keys(options.jwks), options.issuer, options.audience)))
    except Exception as error:
        sys.exit(f"refused: {error}")
