"""What happens to models, as the log tells it."""

from uuid import UUID

from rapport.kernel.events import Event


class TrainedModelChanged(Event, name="triage.model_changed"):
    """A model is further in its training, is done, or is put to use or taken out of it."""

    model_id: UUID
