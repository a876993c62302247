/** Short names for what the API says; the shapes themselves are generated from it in `schema.ts`. */
import type { components, paths } from './schema'

type Schemas = components['schemas']

export type Id = string
/** An aware instant in ISO 8601. */
export type Instant = string

export interface Page<T> {
  items: T[]
  next: string | null
}

/** As lists and single reads give it: with what I have seen. */
export type MyConversation = Schemas['ConversationOut']
/** As events carry it: the same for every agent. */
export type Conversation = Omit<MyConversation, 'seen_seq'>
export type CustomerBrief = Schemas['CustomerBrief']
export type Status = Conversation['status']
export type Priority = Conversation['priority']
export type Handler = Conversation['handler']
export type View = 'mine' | 'unassigned' | 'all' | 'snoozed' | 'resolved'
export type Sort = 'recent' | 'waiting'

export type Message = Schemas['MessageOut']
export type MessageIn = Schemas['MessageIn']
export type MessageKind = Message['kind']
export type Author = Message['author']
export type AuthorKind = Author['kind']
export type Attachment = Schemas['Attachment']
export type Counters = Schemas['Counters']
export type Draft = Schemas['DraftOut']
export type SearchHit = Schemas['SearchHit']
export type Answer = Schemas['AnswerOut']
export type Candidate = Schemas['CandidateOut']

export type Deed = Schemas['DeedOut']
export type Verdict = paths['/v1/audit/verification']['get']['responses'][200]['content']['application/json']

export type Me = Schemas['MeOut']
export type Role = Me['role']
export type Member = Schemas['MemberOut']
export type Team = Schemas['TeamOut']
export type Tag = Schemas['TagOut']
export type Macro = Schemas['MacroOut']
export type Inbox = Schemas['InboxOut']
export type Invitation = Schemas['InvitationPreviewOut']

export type Customer = Schemas['CustomerOut']
export type CustomerPatch = Schemas['CustomerPatch']
export type Identity = Schemas['IdentityOut']
export type TimelineItem = Schemas['TimelineItemOut']

export type Collection = Schemas['CollectionOut']
export type Article = Schemas['ArticleOut']
export type ArticleRow = Schemas['ArticleRow']
export type ArticlePatch = Schemas['ArticlePatch']
export type ArticleVersion = Schemas['ArticleVersionOut']
export type KnowledgeResult = Schemas['SearchResult']
export type KnowledgeAnswer = Schemas['SearchOut']
export type KnowledgeStatus = Schemas['KnowledgeStatus']

export type PrivacyExport = Schemas['ExportOut']
export type Erasure = Schemas['ErasureOut']
export type ErasureReason = Erasure['reason']
export type RetentionKind = Schemas['KindOut']
export type RetentionRule = Schemas['RuleOut']
export type RetentionEffect = RetentionRule['effect']
export type Forecast = Schemas['ForecastOut']
/** A rule as it is being written. */
export type RuleDraft = Pick<RetentionRule, 'kind' | 'inbox_id' | 'effect' | 'after_days' | 'is_enabled'>

export type WebChat = Schemas['WebChatOut']
export type WebChatPatch = Schemas['WebChatPatch']
export type PreChatField = Schemas['PreChatField']
export type AssistantSettings = Schemas['AssistantOut']
export type AssistantPatch = Schemas['AssistantPatch']
export type AssistantTrial = Schemas['TryOut']
export type PendingInvitation = Schemas['InvitationOut']
export type NewInvitation = Schemas['NewInvitationOut']
export type ApiKey = Schemas['ApiKeyOut']
export type NewApiKey = Schemas['NewApiKeyOut']
export type Workspace = Schemas['WorkspaceOut']
export type Security = Schemas['SecurityOut']
export type MyPasskey = Schemas['PasskeyOut']
export type SetUpSecret = Schemas['SetUpOut']
export type Ways = Schemas['WaysOut']
export type IdentityProvider = Schemas['ProviderOut']
export type IdentityProviderIn = Schemas['ProviderIn']
export type SignInSession = Schemas['rapport__kernel__auth__schemas__SessionOut']

export type Mailbox = Schemas['MailboxOut']
export type MailboxIn = Schemas['MailboxIn']
export type MailboxPatch = Schemas['MailboxPatch']
export type Incoming = Mailbox['incoming']
export type Outgoing = Mailbox['outgoing']
export type MailCandidate = Schemas['MailCandidateOut']
export type MailTrialIn = Schemas['TrialIn']
export type MailTrial = Schemas['TrialOut']
export type MailTried = Schemas['TriedOut']
export type MailStep = Schemas['StepOut']
export type MailFolder = Schemas['FolderSeenOut']
export type MailRecord = Schemas['RecordOut']
export type MailAdvice = Schemas['AdviceOut']
export type MailboxHealth = Schemas['HealthOut']
export type RawMail = Schemas['RawMailOut']
export type MailOauthIn = Schemas['OauthIn']
