"""Facts about sources. They carry ids only; whoever cares reads the rest."""

from uuid import UUID

from rapport.kernel.events import Event


class SourceChanged(Event, name="knowledge.source_changed"):
    """A source was set up or changed, or its crawl went on."""

    source_id: UUID


class SourceDeleted(Event, name="knowledge.source_deleted"):
    """A source is gone, with all its pages."""

    source_id: UUID


class DocumentChanged(Event, name="knowledge.document_changed"):
    """A file was uploaded, or a snippet written or changed."""

    document_id: UUID


class DocumentDeleted(Event, name="knowledge.document_deleted"):
    """A file or a snippet is gone."""

    document_id: UUID
