"""What botocore's own exceptions mean, in two lines each: which credentials, and what renews them.

None of them is kept: their text can hold what a process printed.
"""

from __future__ import annotations

from mist_notebook.ground.errors import ApiError, AuthError, MistError, SettingsError
from mist_notebook.ground.text import clean

_LONGEST = 200
_EXPIRED = "The credentials of {source} have expired, or were never fetched."
_ROWS: tuple[tuple[str, type[MistError], str, str], ...] = (  # the first whose class is among the error's
    ("SSOTokenLoadError", AuthError, _EXPIRED, "{renew}"),
    ("UnauthorizedSSOTokenError", AuthError, _EXPIRED, "{renew}"),
    ("TokenRetrievalError", AuthError, _EXPIRED, "{renew}"),
    ("NoAuthTokenError", AuthError, _EXPIRED, "{renew}"),
    ("SSOError", AuthError, _EXPIRED, "{renew}"),
    ("LoginError", AuthError, _EXPIRED, "{renew}"),
    ("CredentialRetrievalError", AuthError, "{source} gave no credentials: {said}", "{renew}"),
    ("MetadataRetrievalError", AuthError, "{source} gave no credentials: {said}", "{renew}"),
    ("RefreshWithMFAUnsupportedError", AuthError, "{source} wants a code of a device again.", "{renew}"),
    ("PartialCredentialsError", SettingsError, "{source} has half a login: {said}", "{renew}"),
    ("NoCredentialsError", AuthError, "There are no credentials in {source} any more.", "{renew}"),
    ("ConfigParseError", SettingsError, "A file of AWS can't be understood: {said}", "Mend it, or move it away."),
    ("ConfigNotFound", SettingsError, "A file of AWS is not there: {said}", "AWS_CONFIG_FILE names it."),
    ("ProfileNotFound", SettingsError, "{said}", "See aws configure list-profiles."),
    ("InvalidConfigError", SettingsError, "{source} is not whole: {said}", "Mend it in ~/.aws/config."),
    ("NoRegionError", SettingsError, "Which region of AWS?", "Add --region, such as eu-west-1."),
    ("InvalidRegionError", SettingsError, "{said}", "A region looks like eu-west-1."),
    ("ResponseParserError", ApiError, "The answer of AWS to {asked} can't be read.", "Is it AWS that answers?"),
    ("ParamValidationError", SettingsError, "AWS can't be asked for {asked}: {said}", "Nothing was sent."),
)  # fmt: skip


def translated(error: Exception, source: str, renew: str, asked: str = "") -> MistError:
    """The error of ours that says the same."""
    names = {kind.__name__ for kind in type(error).__mro__}
    said = clean(" ".join(str(error).split()), _LONGEST)
    facts = {"source": source, "renew": renew, "said": said, "asked": asked or "that"}
    for name, kind, message, hint in _ROWS:
        if name in names:
            return kind(message.format(**facts), hint.format(**facts))
    return ApiError(f"AWS can't be asked for {facts['asked']} ({type(error).__name__}): {said}", renew)
