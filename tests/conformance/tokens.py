"""Signs and verifies tokens by joserfc, and compares what the service makes of them: assertions of scripts (RFC 7523), its own
access tokens (RFC 9068), and answers about opaque tokens, signed and encrypted (RFC 7662, RFC 9701, RFC 7516).

Usage: tokens.py ADDRESS TOKEN BINARY FOLDER
"""

import json
import os
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode
from urllib.request import Request, urlopen

from joserfc import jwe, jwt
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

address, token, binary, folder = sys.argv[1:]
SIGNED = "application/token-introspection+jwt"


def ask(url, body=None, form=None, bearer=None, method=None):
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    data = None
    if body is not None:
        data, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
    if form is not None:
        data, headers["Content-Type"] = urlencode(form).encode(), "application/x-www-form-urlencoded"
    try:
        with urlopen(Request(url, data, headers, method=method), timeout=20) as response:
            return response.status, json.load(response)
    except HTTPError as error:
        return error.code, json.load(error)


def of_scripts():
    """Keys of every kind are registered, sign an assertion each, and get a token that the published keys verify."""
    metadata = ask(f"{address}/.well-known/oauth-authorization-server")[1]
    issuer = metadata["issuer"]
    place = ask(f"{address}/api/v1/organizations?kind=ministry&limit=1", bearer=token)[1]["items"][0]["id"]
    owner = ask(f"{address}/api/v1/me", bearer=token)[1]["id"]
    keys = {
        "ES256": ECKey.generate_key("P-256"),
        "ES384": ECKey.generate_key("P-384"),
        "RS256": RSAKey.generate_key(2048),
        "PS256": RSAKey.generate_key(3072),
        "EdDSA": OKPKey.generate_key("Ed25519"),
    }
    for algorithm, key in keys.items():
        account = {"name": f"joserfc {algorithm}", "organization_id": place, "owner_id": owner,
                   "scopes": ["directory:read"], "expires_at": "2100-01-01T00:00:00Z"}
        status, account = ask(f"{address}/api/v1/service-accounts", account, bearer=token)
        assert status == 201, account
        public = {name: value for name, value in key.as_dict(private=False).items() if name != "kid"}
        status, made = ask(f"{address}/api/v1/service-accounts/{account['id']}/keys", {"public_key": public}, bearer=token)
        assert status == 201, made
        assert made["name"] == key.thumbprint(), "another thumbprint (RFC 7638)"
        now = int(time.time())
        claims = {"iss": account["id"], "sub": account["id"], "aud": issuer, "jti": f"{algorithm}-{now}", "iat": now, "exp": now + 120}
        form = {"grant_type": "client_credentials", "client_assertion": jwt.encode({"alg": algorithm}, claims, key, algorithms=[algorithm]),
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}
        status, given = ask(metadata["token_endpoint"], form=form)
        assert status == 200, (algorithm, given)
        status, again = ask(metadata["token_endpoint"], form=form)
        assert (status, again["error"]) == (401, "invalid_client"), again
        published = KeySet.import_key_set(ask(metadata["jwks_uri"])[1])
        read = jwt.decode(given["access_token"], published, algorithms=["ES256"])
        assert read.header["typ"] == "at+jwt" and read.claims["sub"] == account["id"] and read.claims["aud"] == issuer, read
        status, me = ask(f"{address}/api/v1/me", bearer=given["access_token"])
        assert (status, me["id"]) == (200, account["id"]), me
    return len(keys)


class Provider(BaseHTTPRequestHandler):
    """Answers what `say` is."""

    say = staticmethod(lambda: ("application/json", "{}"))

    def log_message(self, *_):
        pass

    def answer(self, kind, body):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def do_GET(self):
        here = f"http://127.0.0.1:{self.server.server_port}"
        document = {"issuer": here, "jwks_uri": f"{here}/jwks"}
        self.answer("application/json", json.dumps(self.server.keys if self.path == "/jwks" else document))

    def do_POST(self):
        asked = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        assert asked["token"] and asked["token_type_hint"] == ["access_token"], asked
        self.answer(*Provider.say())


def serve_with(provider, how):
    """A server that has the provider asked in this way, and its address."""
    name = f"http://127.0.0.1:{provider.server_port}"
    how = {"endpoint": f"{name}/introspect", "client_id": "diapason", "client_secret": "secret", **how}
    issuer = {"issuer": name, "audience": "diapason", "introspection": how}
    settings = {**os.environ, "DIAPASON_ISSUERS": json.dumps([issuer]), "DIAPASON_DATA_DIR": folder, "DIAPASON_LISTEN": "127.0.0.1:0",
                "DIAPASON_ADMIN_LISTEN": "127.0.0.1:0", "DIAPASON_DRAIN_DELAY": "0", "DIAPASON_SERVER_KEY": "0123456789" * 4}
    server = subprocess.Popen([binary], env=settings, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return server, "http://" + server.stdout.readline().split("http://")[1].split()[0]


def of_opaque_tokens(encrypted):
    """Answers signed by every algorithm, and encrypted in every way."""
    signing = {
        "ES256": ECKey.generate_key("P-256", {"kid": "es256"}),
        "ES384": ECKey.generate_key("P-384", {"kid": "es384"}),
        "RS256": RSAKey.generate_key(2048, {"kid": "rs256"}),
        "EdDSA": OKPKey.generate_key("Ed25519", {"kid": "eddsa"}),
    }
    provider = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    provider.keys = {"keys": [dict(key.as_dict(private=False), kid=key.kid, use="sig") for key in signing.values()]}
    threading.Thread(target=provider.serve_forever, daemon=True).start()
    name = f"http://127.0.0.1:{provider.server_port}"
    server, here = serve_with(provider, {"encrypted": True} if encrypted else {"signed": True})
    try:
        done = 0

        def told(answer, status, why):
            nonlocal done
            done += 1
            Provider.say = staticmethod(lambda: (SIGNED, answer))
            got, body = ask(f"{here}/api/v1/me", bearer=f"opaque-{done}")
            assert got == status, (why, got, body)

        def signed(algorithm, **changed):
            now, key = int(time.time()), signing[algorithm]
            within = {"active": True, "sub": "somebody", "aud": "diapason", "client_id": "intranet", "exp": now + 300}
            claims = {"iss": name, "aud": "diapason", "iat": now, "token_introspection": within, **changed}
            header = {"alg": algorithm, "typ": "token-introspection+jwt", "kid": key.kid}
            return jwt.encode(header, claims, key, algorithms=[algorithm])

        published = KeySet.import_key_set(ask(f"{here}/jwks")[1])
        ours = [key for key in published if key.get("use") == "enc"]
        assert len(ours) == 1 and ours[0].kid == ours[0].thumbprint(), ours

        def sealed(text, alg="ECDH-ES", enc="A256GCM", key=None, **more):
            key = key or ours[0]
            header = {"alg": alg, "enc": enc, "cty": "JWT", "kid": ours[0].kid, **more}
            return jwe.encrypt_compact(header, text, key, algorithms=[alg, enc, "DEF"])

        usual = sealed if encrypted else str
        deadline = time.time() + 20
        Provider.say = staticmethod(lambda: (SIGNED, usual(signed("ES256"))))
        while ask(f"{here}/api/v1/me", bearer=f"first-{time.time()}")[0] != 200:
            assert time.time() < deadline, "the keys of the provider are not fetched"
            time.sleep(0.2)
        for algorithm in signing:
            told(usual(signed(algorithm)), 200, algorithm)
        told(usual(signed("ES256", aud="elsewhere")), 503, "made for another")
        told(usual(signed("ES256", token_introspection={"active": False})), 401, "not active")
        if not encrypted:
            told(sealed(signed("ES256")), 503, "encrypted")
            return done
        for alg in ["ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW"]:
            for enc in ["A128GCM", "A256GCM"]:
                told(sealed(signed("ES256"), alg, enc), 200, (alg, enc))
                parties = {"apu": "UHJvQ29ubmVjdA", "apv": "RGlhcGFzb24", "typ": "token-introspection+jwt"}
                told(sealed(signed("ES256"), alg, enc, **parties), 200, (alg, enc, parties))
                stranger = ECKey.generate_key("P-256")
                told(sealed(signed("ES256"), alg, enc, key=stranger), 503, (alg, enc, "for another"))
            told(sealed(signed("ES256"), alg, "A128CBC-HS256"), 503, "an encryption that is not offered")
        told(sealed(signed("ES256"), "ECDH-ES+A192KW"), 503, "a wrapping that is not offered")
        told(sealed(signed("ES256"), zip="DEF"), 503, "compressed")
        told(signed("ES256"), 503, "not encrypted")
        return done
    finally:
        server.terminate()
        server.wait(40)
        provider.shutdown()


print(f"note: {of_scripts()} kinds of keys, {of_opaque_tokens(False)} signed and {of_opaque_tokens(True)} encrypted answers")
