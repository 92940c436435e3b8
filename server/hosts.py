"""The names by which the server may be called (against DNS rebinding)."""

import ipaddress
import socket

HTTP_PORT = 80


def is_loopback(host: str) -> bool:
    """Whether only programs on this machine can reach a server that listens on `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Hosts:
    """The Host headers that name this server."""

    def __init__(self, bind: str, port: int) -> None:
        """Take the address or name, and the port, that the server listens on."""
        self._port = port
        names = {"localhost", "127.0.0.1", "[::1]", _as_sent(bind)}
        self._every_address = _is_wildcard(bind)
        if self._every_address:
            names.add(socket.gethostname().lower())
        self._allowed = frozenset(host for name in names for host in self._with_port(name))

    def allows(self, host: str | None) -> bool:
        """Whether a request with this Host header (None: it has none) means this server."""
        if host is None:
            return False
        return host in self._allowed or (self._every_address and self._is_own_port_of_an_address(host))

    def _with_port(self, name: str) -> list[str]:
        # Browsers leave the default port out.
        return [f"{name}:{self._port}"] + ([name] if self._port == HTTP_PORT else [])

    def _is_own_port_of_an_address(self, host: str) -> bool:
        # Rebinding needs a name that an attacker's DNS server can move; a bare address cannot be moved.
        for name in (host.removesuffix(f":{self._port}"), host):
            try:
                ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))
            except ValueError:
                continue
            return host in self._with_port(name)
        return False


def _as_sent(host: str) -> str:
    """The form in which browsers send a name or an address."""
    try:
        address = str(ipaddress.ip_address(host))
    except ValueError:
        return host.lower()
    return f"[{address}]" if ":" in address else address


def _is_wildcard(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False
