"""What can go wrong between Rapport and a model."""

from rapport.kernel.errors import (
    Conflict,
    Overloaded,
    RapportError,
    TooMany,
    Unprocessable,
    Unreachable,
)


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


class EmbedderBusy(Overloaded):
    """More texts wait to be understood than can be in good time; try again in a moment."""


class EmbeddingsUnreachable(Unreachable):
    """The embeddings endpoint did not answer in time; trying again may help."""


class EmbeddingsBusy(TooMany):
    """The embeddings endpoint takes no more requests for the moment."""


class EmbeddingsRefused(Unprocessable):
    """The embeddings endpoint refused the request: check its address, its model and its key."""


class EmbeddingsUnusable(Unprocessable):
    """What the embeddings endpoint answers cannot be compared with what it answered before."""


class ChatUnreachable(Unreachable):
    """The language model did not answer in time; trying again may help."""


class ChatBusy(TooMany):
    """The language model takes no more requests for the moment."""


class ChatRefused(Unprocessable):
    """The language model refused the request: check its address, its name and its key."""


class ChatDeclined(Unprocessable):
    """The language model declined to answer this."""


class AnswerUnfit(Unprocessable):
    """The language model did not answer in the form it was asked for."""


class ModelKeyNeeded(Unprocessable):
    """Enter the key anew: the one that is kept is only sent to the address it was entered for."""


class ModelAddressPlain(Unprocessable):
    """Models are reached by https only, except those that the server's administrator allowed."""


class CurrencyNeeded(Unprocessable):
    """Say which currency prices and budgets are in, e.g. EUR: a cost without one says nothing."""


class CurrencyInUse(Conflict):
    """Costs that are still remembered were counted in another currency."""


class BudgetSpent(TooMany):
    """The budget for language models is used up."""
