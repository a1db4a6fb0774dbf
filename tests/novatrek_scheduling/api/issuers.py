"""An issuer of tokens over real HTTP, and tokens that it signed."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from novatrek_scheduling.api import authentication
from tests.tokens import claims_of

RSA_KEY = rsa.generate_private_key(65537, 2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())


class Issuer:
    """A JWKS endpoint over real HTTP; `answer` is what it serves and None breaks the connection."""

    def __init__(self) -> None:
        self.fetched = 0
        self.answer: bytes | None = json.dumps({"keys": [*self.keys()]}).encode()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}/jwks.json"

    @staticmethod
    def keys() -> Iterator[dict[str, Any]]:
        yield {**RSAAlgorithm.to_jwk(RSA_KEY.public_key(), as_dict=True), "kid": "rsa", "use": "sig"}
        yield {**ECAlgorithm.to_jwk(EC_KEY.public_key(), as_dict=True), "kid": "ec", "use": "sig"}

    def _handler(issuer) -> type[BaseHTTPRequestHandler]:  # noqa: N805 (the handler has its own self)
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.fetched += 1
                if issuer.answer is None:
                    self.connection.close()
                    return
                self.send_response(200)
                self.end_headers()
                self.wfile.write(issuer.answer)

            def log_message(self, *_: Any) -> None: ...

        return Handler


@contextmanager
def serving_issuer() -> Iterator[Issuer]:
    """An issuer whose keys nobody has read yet."""
    issuer = Issuer()
    thread = threading.Thread(target=issuer.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield issuer
    issuer.server.shutdown()
    issuer.server.server_close()
    thread.join()
    authentication._signing_keys.cache_clear()


def signed(key: Any = RSA_KEY, algorithm: str = "RS256", kid: str = "rsa", **claims: Any) -> dict[str, str]:
    token = jwt.encode(claims_of(**claims), key, algorithm=algorithm, headers={"kid": kid})
    return {"Authorization": f"Bearer {token}"}
