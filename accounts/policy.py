"""The numbers of the security policy for 等保三级 (GB/T 22239-2019, 8.1.4.1 身份鉴别)."""

from __future__ import annotations

import re
from datetime import timedelta

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,63}")

PASSWORD_LENGTH = 10
PASSWORD_LENGTH_MOST = 128  # a longer one would only cost work
PASSWORD_CLASSES = 3
PASSWORD_HISTORY = 5
PASSWORD_AGE = timedelta(days=90)

FAILURES_BEFORE_LOCK = 5
LOCK = timedelta(minutes=15)

SESSION_IDLE = timedelta(minutes=30)
SESSION_ABSOLUTE = timedelta(hours=12)
SESSION_TOUCH = timedelta(minutes=1)  # how old "last seen" may be before a request writes it
SESSIONS_PER_USER = 5

TOKEN_AGE_MOST = timedelta(days=366)
SETUP_CODE_AGE = timedelta(hours=24)
