"""Passwords: the rules of the policy, the slow hash, and random ones."""

from __future__ import annotations

import secrets
import string
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from accounts.policy import PASSWORD_CLASSES, PASSWORD_LENGTH, PASSWORD_LENGTH_MOST
from errors import Invalid

hasher = PasswordHasher()  # argon2id at the library's recommended cost; tests put a cheap one here

CLASSES = (string.ascii_lowercase, string.ascii_uppercase, string.digits, string.punctuation)
READABLE = "".join(set(string.ascii_letters + string.digits) - set("0O1lI"))


def check_password(password: str, username: str, *, field: str = "password") -> None:
    """Raise ``Invalid`` for a password that breaks the policy (length, kinds of characters, not the user name)."""
    if not PASSWORD_LENGTH <= len(password) <= PASSWORD_LENGTH_MOST:
        message = f"密码须有 {PASSWORD_LENGTH} 至 {PASSWORD_LENGTH_MOST} 个字符，现为 {len(password)} 个。"
        raise Invalid("password_length", message, field=field)
    kinds = sum(any(letter in kind for letter in password) for kind in CLASSES)
    kinds += any(letter not in "".join(CLASSES) for letter in password)
    if kinds < PASSWORD_CLASSES:
        message = f"密码须含小写字母、大写字母、数字、符号中的至少 {PASSWORD_CLASSES} 类，现有 {kinds} 类。"
        raise Invalid("password_too_simple", message, field=field)
    if username.lower() in password.lower() or username.lower()[::-1] in password.lower():
        raise Invalid("password_contains_username", "密码不能包含用户名或倒写的用户名，请换一个。", field=field)


def hash_password(password: str) -> str:
    """The argon2id hash of a password."""
    return hasher.hash(password)


def is_right(password_hash: str | None, password: str) -> bool:
    """Whether the password belongs to the hash; without one the same work is done and the answer is no."""
    try:
        right = hasher.verify(password_hash or _hash_of_nothing(), password)
    except (VerificationError, InvalidHashError):
        return False
    return right and password_hash is not None


def needs_new_hash(password_hash: str) -> bool:
    """Whether the hash was made at another cost than today's."""
    return hasher.check_needs_rehash(password_hash)


def random_password() -> str:
    """A random password that fits the policy and can be read aloud: 16 characters in four groups."""
    while True:
        groups = ["".join(secrets.choice(READABLE) for _ in range(4)) for _ in range(4)]
        password = "-".join(groups)
        if all(any(letter in kind for letter in password) for kind in CLASSES):
            return password


@lru_cache(maxsize=4)
def _hash_of(chosen: PasswordHasher) -> str:
    return chosen.hash(secrets.token_urlsafe(16))


def _hash_of_nothing() -> str:
    return _hash_of(hasher)
