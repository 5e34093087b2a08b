"""Accounts: OAuth2 with a password for a bearer token, and an API key for machines."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Security, status
from fastapi.security import APIKeyHeader, OAuth2PasswordBearer, OAuth2PasswordRequestForm, SecurityScopes

from .models import Message, Token, User

router = APIRouter(tags=["accounts"])
SECRET = secrets.token_bytes(32)
LIFETIME = 3600
MACHINE_KEY = "machine-key-for-the-example"
SCOPES = {"orders": "Place orders and read one's own.", "admin": "Change products, ship orders."}

oauth2 = OAuth2PasswordBearer(tokenUrl="token", scopes=SCOPES)
api_key = APIKeyHeader(name="X-API-Key", auto_error=False)


def hashed(password, salt):
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt, 2000)


def account(password, admin):
    salt = secrets.token_bytes(16)
    return {"salt": salt, "hash": hashed(password, salt), "admin": admin}


ACCOUNTS = {"ann": account("wonderland", True), "bob": account("builder", False)}


def signed(claims):
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=")
    return f"{body.decode()}.{hmac.new(SECRET, body, 'sha256').hexdigest()}"


def claims_of(token):
    """What a token says, None where it is forged or too old."""
    body, _, signature = token.partition(".")
    if not hmac.compare_digest(signature.encode(), hmac.new(SECRET, body.encode(), "sha256").hexdigest().encode()):
        return None
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims if claims["exp"] > time.time() else None


def current_user(wanted: SecurityScopes, token: Annotated[str, Depends(oauth2)]) -> User:
    challenge = f'Bearer scope="{wanted.scope_str}"' if wanted.scopes else "Bearer"
    claims = claims_of(token)
    if claims is None:
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "The token is not valid.", {"WWW-Authenticate": challenge})
    if lacking := [scope for scope in wanted.scopes if scope not in claims["scopes"]]:
        raise HTTPException(status.HTTP_403_FORBIDDEN, f"The token lacks: {' '.join(lacking)}.")
    return User(name=claims["sub"], admin=ACCOUNTS[claims["sub"]]["admin"])


def machine(key: Annotated[str | None, Depends(api_key)]) -> str:
    if key is None or not hmac.compare_digest(key, MACHINE_KEY):
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "An API key is needed.")
    return "machine"


Known = Annotated[User, Security(current_user)]
Customer = Annotated[User, Security(current_user, scopes=["orders"])]
Admin = Annotated[User, Security(current_user, scopes=["admin"])]


@router.post("/token", responses={400: {"model": Message}})
async def log_in(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> Token:
    """A token for a name and a password. Only who administrates is given the scope `admin`."""
    known = ACCOUNTS.get(form.username)
    if known is None or not hmac.compare_digest(known["hash"], hashed(form.password, known["salt"])):
        raise HTTPException(status.HTTP_400_BAD_REQUEST, "Name or password is wrong.")
    allowed = set(SCOPES) if known["admin"] else {"orders"}
    scopes = sorted(allowed & set(form.scopes)) if form.scopes else sorted(allowed)
    claims = {"sub": form.username, "scopes": scopes, "exp": time.time() + LIFETIME}
    return Token(access_token=signed(claims), expires_in=LIFETIME)


@router.get("/me")
async def me(user: Known) -> User:
    return user
