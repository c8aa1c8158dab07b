"""Ping and tokens."""

from __future__ import annotations

from mist_notebook.sandbox.accounts.accounts import check_ttl
from mist_notebook.sandbox.ground.refusals import bad_request, forbidden, unauthenticated

from .handler import ApiHandler

_DEFAULT_TTL_S = 3600


class PingHandler(ApiHandler):
    """Who is there: also for those who have no token, but not for those with a wrong one."""

    def authorize(self) -> None:
        """Check a token only if there is one."""
        if self.request.headers.get("Authorization"):
            super().authorize()

    def get(self) -> None:
        """Say that this is a sandbox, and which."""
        owner = self.state.owner
        self.answer({"hello": owner.email, "sandbox": True, "instance": owner.instance_id})

    post = get


class TokensHandler(ApiHandler):
    """API tokens; the route that Mist exempts from its CSRF check."""

    csrf_exempt = True

    def authorize(self) -> None:
        """Let everybody ask for a token: e-mail and password decide then."""
        if self.request.method != "POST":
            super().authorize()

    def get(self) -> None:
        """List the active tokens."""
        self.answer(self.state.tokens.listing())

    def post(self) -> None:
        """Make a token for whoever knows the e-mail and the password."""
        ttl_s = self.params.whole("ttl", _DEFAULT_TTL_S)
        if ttl_s is None:
            raise bad_request("Ttl must be a number greater than 0")
        check_ttl(ttl_s)
        self._check_password()
        self.answer(
            self.state.tokens.create(
                name=self.params.text("name"),
                ttl_s=ttl_s,
                ip_address=self.request.remote_ip or "",
                user_agent=self.request.headers.get("User-Agent", ""),
            )
        )

    def delete(self) -> None:
        """Revoke a token."""
        self.state.tokens.revoke(self.params.required("id"))
        self.answer_ok()

    def _check_password(self) -> None:
        email, password = self.params.required("email"), self.params.required("password")
        if not self.state.tokens.knows(email=email, password=password):
            raise unauthenticated("Wrong e-mail or password")
        if self.params.text("org_id") not in ("", self.state.owner.instance_id):
            raise forbidden("not a member of that organization")
