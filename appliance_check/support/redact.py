"""Takes out of texts what says who somebody is, where a machine is, and what opens it."""

import os
import pwd
import re
import socket
from collections.abc import Callable
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from pathlib import Path

from ..context import Context

# Names that are everybody's: they tell nothing and stand in ordinary sentences.
COMMON_HOSTS = {"localhost", "localhost.localdomain", "debian"}
COMMON_USERS = {"root", "nobody", "user"}
PEOPLE_FROM_UID = 1000
KEYS = re.compile(r"(?i)token|passw|secret|api.?key|authorization|cookie|xsrf")

# Pattern, and what takes its place, before names are looked for: an e-mail address may hold one.
SECRETS: tuple[tuple[str, str], ...] = (
    (
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
        "<private key>",
    ),
    (r"\b(ssh-(?:rsa|ed25519|dss)|ecdsa-sha2-\S+) AAAA[\w+/=]+(?: \S+)?", r"\1 <key>"),
    (r"\b(SHA256|MD5):[\w+/=:]{20,}", r"\1:<fingerprint>"),
    (r"(\w+://)[^\s/@]+@", r"\1<login>@"),
    (r"(?i)\b(authorization|cookie|set-cookie)(['\"]?\s*[:=]\s*)[^\n]+", r"\1\2<secret>"),
    (
        # NAME=value, NAME: value, "name": "value", ?token=value; not the word in a sentence.
        r"(?i)(?<![a-z])([\w-]*(?:token|passw(?:or)?d|passwd|passphrase|secret|api[_-]?key|_xsrf)"
        r"[\w-]*)(['\"]?\s*[:=]\s*['\"]?)(?!<)[^\s'\"&,;}]+",
        r"\1\2<secret>",
    ),
    # As the container prints it: the word, room, and the password.
    (r"(?im)\b(password|token)([ \t]{2,})\S+", r"\1\2<secret>"),
    (r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", "<e-mail>"),
)
# The same, after it.
MARKS: tuple[tuple[str, str], ...] = (
    (r"(?<![\w-])[a-z2-9]{4}(?:-[a-z2-9]{4}){3}(?![\w-])", "<password>"),
    (r"\$\d[a-z]?\$[^\s:]+|\$y\$[^\s:]+", "<password hash>"),
    (r"(?i)\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "<uuid>"),
    # Machine ids and tokens; 64 digits are the SHA-256 of a file, which helps.
    (r"(?i)(?<![\w])[0-9a-f]{32,63}(?![\w])", "<hex>"),
    (r"(?i)(?<![\w:-])[0-9a-f]{2}(?:([:-])[0-9a-f]{2})(?:\1[0-9a-f]{2}){4,}(?![\w:-])", "<mac>"),
)
IPV6 = re.compile(r"(?i)(?<![\w:.])[0-9a-f:]*:[0-9a-f:]*:[0-9a-f:.]*(?:%\w+)?(?![\w:])")
IPV4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)")
# Who logs in, in the words of sshd and PAM.
LOGINS = re.compile(
    r"(\b(?:r?user|logname|rhost)=|"
    r"\b(?:invalid|authenticating|opened for|closed for) user (?=\S+(?: from |\(|;|$| \S+ port ))"
    r"|\b(?:publickey|password|none) for (?=\S+ from ))([^\s(,;<\"']+)",
    re.I | re.M,
)
HOMES = re.compile(r"(?i)((?:/home/|/Users/|[A-Z]:\\{1,2}Users\\{1,2}))([^/\\\s:'\",]+)")


class Redactor:
    """Knows the names of this machine and its people; those of the description may stay."""

    def __init__(self, context: Context) -> None:
        known = context.description
        self.kept = COMMON_USERS | {known["user"]["name"]}
        self.literal: list[tuple[re.Pattern, str]] = []
        for secret in _secrets():
            self._add(re.escape(secret), "<secret>", secret)
        for path in {context.home, Path.home()} - {Path("/"), Path("/root")}:
            self._add(rf"{re.escape(str(path))}(?![\w.-])", "~", str(path))
        for full in _full_names():
            if full != known["title"]:
                self._add(_word(full), "<name>", full)
        for host in _hosts():
            if host.lower() not in COMMON_HOSTS | {known["name"]}:
                self._add(_word(host), "<host>", host)
        for user in _users() - self.kept:
            self._add(_word(user), "<user>", user)
        # A name within a longer one must not break that up.
        self.literal.sort(key=lambda each: -len(each[0].pattern))
        self.secrets, self.marks = (
            [(re.compile(rule, re.S), instead) for rule, instead in rules]
            for rules in (SECRETS, MARKS)
        )

    def _add(self, pattern: str, instead: str, what: str) -> None:
        if len(what) > 1:
            self.literal.append((re.compile(pattern, re.I), instead))

    def text(self, text: str) -> str:
        """The text without what it must not say."""
        for pattern, instead in self.secrets:
            text = pattern.sub(instead, text)
        for pattern, instead in self.literal:
            text = pattern.sub(instead.replace("\\", r"\\"), text)
        for pattern, instead in self.marks:
            text = pattern.sub(instead, text)
        text = LOGINS.sub(self._unless_kept, text)
        text = HOMES.sub(self._unless_kept, text)
        text = IPV6.sub(lambda found: _address(found[0], IPv6Address), text)
        return IPV4.sub(lambda found: _address(found[0], IPv4Address), text)

    def value(self, value: object, key: str = "") -> object:
        """The same for what came out of JSON: all strings in it, keys too."""
        if isinstance(value, dict):
            return {self.text(name): self.value(each, name) for name, each in value.items()}
        if isinstance(value, list):
            return [self.value(each, key) for each in value]
        if isinstance(value, str):
            return "<secret>" if value and KEYS.search(key) else self.text(value)
        return value

    def _unless_kept(self, found: re.Match) -> str:
        return found[0] if found[2] in self.kept or "<" in found[2] else f"{found[1]}<user>"


def _word(text: str) -> str:
    """Matches a name that stands by itself: in a path, an address or a sentence."""
    return rf"(?<![A-Za-z0-9]){re.escape(text)}(?![A-Za-z0-9])"


def _address(text: str, kind: Callable) -> str:
    """Its placeholder, unless it is no address, or one that every machine has."""
    bare = text.partition("%")[0]
    for candidate in (bare, bare.rstrip(".:")):
        try:
            address = kind(candidate)
            break
        except AddressValueError:
            continue
    else:
        return text
    mapped = getattr(address, "ipv4_mapped", None) or address
    return text if mapped.is_loopback or mapped.is_unspecified else "<ip>"


def _users() -> set[str]:
    people = {e.pw_name for e in pwd.getpwall() if PEOPLE_FROM_UID <= e.pw_uid < 60000}
    variables = {os.environ.get(name, "") for name in ("USER", "LOGNAME", "SUDO_USER")}
    return (people | variables) - {""}


def _full_names() -> set[str]:
    people = [e for e in pwd.getpwall() if PEOPLE_FROM_UID <= e.pw_uid < 60000]
    return {name for e in people if len(name := e.pw_gecos.split(",")[0].strip()) > 3}


def _hosts() -> set[str]:
    name = socket.gethostname()
    return {name, name.partition(".")[0]} - {""}


def _secrets() -> set[str]:
    """Values of the variables whose names say that they are secret."""
    return {value for name, value in os.environ.items() if KEYS.search(name) and len(value) > 5}
