"""Refusals of this room."""

from rapport.kernel.errors import Conflict, NotFound, RapportError, Unprocessable


class TrainedModelNotFound(NotFound):
    """There is no such model in this workspace."""


class TrainingUnderWay(Conflict):
    """A model is being trained already; wait for it, or cancel it."""


class TrainingOver(Conflict):
    """This training has ended; there is nothing to cancel."""


class ModelNotPromotable(Conflict):
    """Only a model that is ready, or was in use and is still kept, can be put to use."""


class NothingToRollBackTo(Conflict):
    """No model was in use before this one, or it is not kept any more."""


class TooFewToLearn(Unprocessable):
    """Two intents with two examples each are the least to learn from."""


class LearningBroke(RapportError):
    """The process that learns ended before it was done."""

    retryable = True
