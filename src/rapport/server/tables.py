"""Every room's tables, imported so that migrations and mappers know them all."""

import rapport.ai.autopilot.models
import rapport.ai.gaps.models
import rapport.ai.gathering.models
import rapport.ai.overview.models
import rapport.ai.recurring.models
import rapport.ai.solved.models
import rapport.ai.triage.models
import rapport.ai.triage.training.models
import rapport.channels.delivery.models
import rapport.channels.email.models
import rapport.channels.webchat.models
import rapport.conversations.models
import rapport.customers.attributes.models
import rapport.customers.duplicates.models
import rapport.customers.importing.models
import rapport.customers.models
import rapport.customers.tracking.models
import rapport.inference.gateway.models
import rapport.kernel.actions.models
import rapport.kernel.audit.models
import rapport.kernel.auth.models
import rapport.kernel.events.models
import rapport.kernel.files.models
import rapport.kernel.models
import rapport.kernel.privacy.models
import rapport.kernel.secrets.models
import rapport.kernel.settings.models
import rapport.knowledge.models
import rapport.knowledge.sources.models  # noqa: F401
