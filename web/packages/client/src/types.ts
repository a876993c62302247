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
export type AssistantOverview = Schemas['OverviewOut']
export type Gap = Schemas['GapOut']
export type GapRow = Schemas['GapRow']
export type GapDraft = Schemas['GapDraftOut']
export type GapOrder = Schemas['Order']
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

/** A website that the assistant reads. */
export type Website = Schemas['rapport__knowledge__sources__schemas__SourceOut']
export type WebsiteDetail = Schemas['SourceDetailOut']
export type WebsiteIn = Schemas['SourceIn']
export type WebsitePatch = Schemas['SourcePatch']
export type WebsitePage = Schemas['SourcePageOut']
export type PageTrial = Schemas['PageTrialOut']
/** A file or a snippet, with its text. */
export type OwnText = Schemas['DocumentOut']
export type OwnTextRow = Schemas['DocumentRow']
export type OwnTextPatch = Schemas['DocumentPatch']
export type SnippetIn = Schemas['SnippetIn']
export type Audience = Website['audience']

/** Something that several customers came with; the API calls it a problem. */
export type RecurringIssue = Schemas['ProblemOut']
export type RecurringIssueDetail = Schemas['ProblemDetail']
export type RecurringMember = Schemas['ProblemMemberOut']
export type RecurringSample = Schemas['SampleOut']
export type TrendPoint = Schemas['Point']

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

/** What the machine read in a message, with people's corrections in it. */
export type Reading = Schemas['ReadingOut']
export type ReadingCorrection = Schemas['CorrectionIn']
export type ReadingField = Reading['corrected'][number]
export type IntentGuess = Schemas['IntentGuess']
export type Queued = Schemas['QueuedOut']
export type Intent = Schemas['IntentOut']
export type IntentRow = Schemas['IntentRow']
export type IntentIn = Schemas['IntentIn']
export type IntentPatch = Schemas['IntentPatch']
export type IntentExample = Schemas['ExampleOut']
export type TriageModelRow = Schemas['ModelRow']
export type TriageModel = Schemas['TrainedModelOut']
export type TriageFigures = Schemas['FiguresOut']
/** What understands language for a workspace, what it may cost, and what it did. */
export type LanguageModels = Schemas['ModelsOut']
export type LanguageModel = Schemas['ModelOut']
export type LanguageModelIn = Schemas['ModelIn']
export type ModelLimits = Schemas['LimitsOut']
export type ModelTrial = Schemas['ModelTrialOut']
export type ModelUsage = Schemas['UsageOut']
export type ModelCall = Schemas['CallOut']
export type Understanding = Schemas['EmbeddingsOut']
export type SearchIndex = Schemas['SearchIndexOut']
export type TriageTraining = Schemas['TrainingSettingsOut']
