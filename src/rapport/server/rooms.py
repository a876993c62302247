"""Every room's readers, jobs, actions and presenters: importing them registers them."""

import rapport.ai.autopilot.listeners
import rapport.conversations.actions
import rapport.conversations.jobs
import rapport.conversations.listeners
import rapport.conversations.live.presenter
import rapport.kernel.auth.jobs
import rapport.kernel.auth.presenters
import rapport.kernel.files.jobs
import rapport.knowledge.jobs
import rapport.knowledge.listeners
import rapport.knowledge.presenters  # noqa: F401
