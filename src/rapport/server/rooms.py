"""Every room's readers, jobs, actions and presenters: importing them registers them."""

import rapport.ai.autopilot.listeners
import rapport.ai.autopilot.privacy
import rapport.channels.webchat.privacy
import rapport.conversations.actions
import rapport.conversations.jobs
import rapport.conversations.listeners
import rapport.conversations.live.presenter
import rapport.conversations.privacy
import rapport.customers.privacy
import rapport.kernel.actions.privacy
import rapport.kernel.audit.privacy
import rapport.kernel.auth.jobs
import rapport.kernel.auth.presenters
import rapport.kernel.auth.refusals
import rapport.kernel.events.privacy
import rapport.kernel.files.jobs
import rapport.kernel.files.privacy
import rapport.kernel.privacy.jobs
import rapport.kernel.privacy.privacy
import rapport.kernel.secrets.privacy
import rapport.knowledge.jobs
import rapport.knowledge.listeners
import rapport.knowledge.presenters
import rapport.server.backup.jobs
import rapport.server.backup.watch  # noqa: F401
