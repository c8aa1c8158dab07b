"""Keys: made, added, shown, and put on machines by `associations.py`."""

from __future__ import annotations

from mist_notebook.sandbox.ground.refusals import bad_request, missing

from .handler import ApiHandler


class KeysHandler(ApiHandler):
    """All keys."""

    def get(self) -> None:
        """List them."""
        self.answer(self.state.keys.listing())

    def post(self) -> None:
        """Make a pair and forget it."""
        from mist_notebook.sandbox.accounts.keypairs import rsa_pair

        private, public = rsa_pair()
        self.answer({"priv": private, "public": public})

    def put(self) -> None:
        """Add one: `name` or, as clients of 2014 say, `id`."""
        name = self.params.text("name", "id")
        if not name:
            raise bad_request("Key name is not provided")
        private = self.params.text("priv")
        if not private:
            raise missing("Private key is not provided")
        added = self.state.keys.add(name=name, private=private)
        self.answer({key: added[key] for key in ("id", "name", "machines", "isDefault")})


class KeyHandler(ApiHandler):
    """One key."""

    def put(self, key_id: str) -> None:
        """Rename it."""
        new_name = self.params.required("new_name")
        self.state.keys.rename(key_id, new_name)
        self.answer({"new_name": new_name})

    def post(self, key_id: str) -> None:
        """Make it the default."""
        self.state.keys.set_default(key_id)
        self.answer_ok()

    def delete(self, key_id: str) -> None:
        """Remove it."""
        self.state.keys.remove(key_id)
        self.answer_ok()


class KeyHalfHandler(ApiHandler):
    """One half of a key."""

    def get(self, key_id: str, half: str) -> None:
        """Answer it as text in JSON; who asks for the private one is counted."""
        keys = self.state.keys
        self.answer(keys.private(key_id) if half == "private" else keys.public(key_id))
