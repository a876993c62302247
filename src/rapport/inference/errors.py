"""What can go wrong between Rapport and a model."""

from rapport.kernel.errors import RapportError, TooMany, Unprocessable, Unreachable


class ModelMissing(RapportError):
    """The embedding model is not there yet: run `rapport models build`."""

    status = 503


class ModelDamaged(RapportError):
    """The embedding model's files were altered: run `rapport models build --force`."""

    status = 503


class ModelSourceUntrusted(RapportError):
    """The weights are not the published ones, so nothing was built from them."""

    status = 422


class ModelSourceUnreachable(Unreachable):
    """The weights could not be fetched; give a local folder with `--from`, or try again later."""


class ChatUnreachable(Unreachable):
    """The language model did not answer in time; trying again may help."""


class ChatBusy(TooMany):
    """The language model takes no more requests for the moment."""


class ChatRefused(Unprocessable):
    """The language model refused the request: check its address, its name and its key."""
