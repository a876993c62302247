"""What a workspace chooses about its knowledge base."""

from pydantic import BaseModel, ConfigDict, Field

from rapport.kernel.settings import workspace as settings


class KnowledgeSettings(BaseModel):
    """How the search weighs words against meanings."""

    model_config = ConfigDict(extra="forbid")

    words_weight: float = Field(0.25, ge=0, le=5)
    """How much the words (BM25) count against the meaning, which counts 1."""


settings.register("knowledge", KnowledgeSettings)
