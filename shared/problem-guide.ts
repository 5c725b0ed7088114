import type { ProblemCause, ProblemOwner, ProblemSeverity } from './problem-causes.ts'

export interface ProblemGuidance {
  readonly title: string
  readonly severity: ProblemSeverity
  readonly owner: ProblemOwner
  /** `success`: when everything works again for long enough. `report`: when whoever found it says it is over. */
  readonly closedBy: 'success' | 'report'
  readonly whatHappened: string
  readonly whatToDo: readonly string[]
}

const waits = 'You need not do anything: it is tried again by itself, with growing pauses.'
const askVendor =
  'If it lasts longer than a day, tell the supplier of the other system and give them the evidence below.'
const testAgain = 'Press “Test” on the page of the connection: each step says whether it works.'

/** For every cause: what an office reads, whose turn it is and how it ends. */
export const problemGuide: Readonly<Record<ProblemCause, ProblemGuidance>> = {
  unauthorised: {
    title: 'The other system does not accept our sign-in',
    severity: 'critical',
    owner: 'school',
    closedBy: 'success',
    whatHappened:
      'The password, key or token of this connection is wrong, has expired or was replaced. Until it is put right nothing is fetched or sent.',
    whatToDo: [
      'Open the other system as its administrator and look up, or make anew, the key or token for this connection.',
      'Enter it under “Credentials” on the page of the connection.',
      testAgain,
    ],
  },
  forbidden: {
    title: 'The other system does not let us do what is needed',
    severity: 'critical',
    owner: 'school',
    closedBy: 'success',
    whatHappened:
      'The sign-in works, but the account or key of this connection lacks a right in the other system.',
    whatToDo: [
      'Ask the administrator of the other system to give the account the rights that the set-up guide of this connector lists.',
      testAgain,
    ],
  },
  invalid_grant: {
    title: 'The permission given to us has ended',
    severity: 'critical',
    owner: 'school',
    closedBy: 'success',
    whatHappened:
      'Somebody agreed at the other system that we may read it. This agreement was withdrawn, has expired, or the person has left.',
    whatToDo: [
      'Press “Authorise” on the page of the connection and sign in to the other system with an account that stays.',
      'Nothing else helps: the agreement cannot be renewed without a person.',
    ],
  },
  rate_limited: {
    title: 'The other system asks us to slow down',
    severity: 'info',
    owner: 'vendor',
    closedBy: 'success',
    whatHappened:
      'The other system takes only so many requests in a time. We wait as long as it asks and then go on; data may arrive later than usual.',
    whatToDo: [
      waits,
      'If it comes back each day, let this connection synchronise less often, or ask the supplier for a higher limit.',
    ],
  },
  unavailable: {
    title: 'The other system has a failure',
    severity: 'warning',
    owner: 'vendor',
    closedBy: 'success',
    whatHappened: 'The other system answers, but says that it cannot serve us at the moment.',
    whatToDo: [
      waits,
      'See whether the other system works for you in the browser, and look at its status page.',
      askVendor,
    ],
  },
  timeout: {
    title: 'The other system takes too long to answer',
    severity: 'warning',
    owner: 'vendor',
    closedBy: 'success',
    whatHappened: 'We asked and gave up waiting. The other system is slow or overloaded.',
    whatToDo: [waits, 'See whether it is slow in the browser, too.', askVendor],
  },
  slow: {
    title: 'The other system answers slowly',
    severity: 'info',
    owner: 'vendor',
    closedBy: 'success',
    whatHappened:
      'Everything works, but answers take more than five seconds. People may wait, and data may arrive later than usual.',
    whatToDo: ['See whether it is slow in the browser, too.', askVendor],
  },
  circuit_open: {
    title: 'The other system failed so often that we pause',
    severity: 'warning',
    owner: 'vendor',
    closedBy: 'success',
    whatHappened:
      'After several failures in a row we send nothing for a while, so that the other system can recover; then one request tries whether it works again.',
    whatToDo: [waits, 'Other problems of this connection say what failed.', askVendor],
  },
  unreachable: {
    title: 'The other system cannot be found in the network',
    severity: 'critical',
    owner: 'school',
    closedBy: 'success',
    whatHappened:
      'Nothing answers at the address of this connection: it is misspelt, has changed, its certificate is not valid, or a firewall keeps us out.',
    whatToDo: [
      'Open the address from the settings of the connection in a browser. Correct it if the page does not come up.',
      'If it does, ask your network supplier whether requests from our server are let through.',
      testAgain,
    ],
  },
  refused_address: {
    title: 'The address is not one we may call',
    severity: 'critical',
    owner: 'school',
    closedBy: 'success',
    whatHappened:
      'The address in the settings is inside a private network, not secure, or leads away from the other system. For safety it is never called.',
    whatToDo: [
      'Enter the public address of the other system, beginning with https, under “Settings”.',
      testAgain,
    ],
  },
  not_found: {
    title: 'Something we ask for is not there any more',
    severity: 'warning',
    owner: 'school',
    closedBy: 'success',
    whatHappened:
      'The other system answers, but a course, list or service named in the settings does not exist, or is switched off.',
    whatToDo: [
      'Compare the settings of the connection with the other system: addresses, course and organisation numbers.',
      'Look in the other system whether its web services are switched on.',
      testAgain,
    ],
  },
  refused: {
    title: 'The other system refused what we sent',
    severity: 'warning',
    owner: 'us',
    closedBy: 'success',
    whatHappened:
      'The other system understood the request and did not want it. The evidence below quotes its reason.',
    whatToDo: [
      'Read the reason in the evidence; where it names a setting, correct it.',
      'Otherwise send us the number of this problem: the connector may have to be changed.',
    ],
  },
  schema_changed: {
    title: 'The other system sends data in a new form',
    severity: 'critical',
    owner: 'us',
    closedBy: 'success',
    whatHappened:
      'An answer lacks something, or holds it differently from before, probably after an update of the other system. We take nothing over rather than something wrong.',
    whatToDo: [
      'Send us the number of this problem: the evidence says which field it is.',
      'Ask the supplier whether the system was updated, and whether this was intended.',
    ],
  },
  not_what_it_says: {
    title: 'The other system says “all is well” and sends an error page',
    severity: 'warning',
    owner: 'vendor',
    closedBy: 'success',
    whatHappened:
      'Instead of data a web page came, or a message of failure inside an answer that claims success. Often it is a sign-in page, a maintenance notice or a filter in between.',
    whatToDo: [
      'Open the address of the connection in a browser and see which page comes.',
      'If a filter or proxy of the school shows a notice, ask that the address is let through.',
      askVendor,
    ],
  },
  too_large: {
    title: 'An answer is larger than we read',
    severity: 'warning',
    owner: 'us',
    closedBy: 'success',
    whatHappened: 'The other system sent more at once than we take, so we stopped reading.',
    whatToDo: [
      'If the connection has a setting for the size of pages, make it smaller.',
      'Otherwise send us the number of this problem.',
    ],
  },
  invalid_settings: {
    title: 'The settings of the connection do not fit together',
    severity: 'critical',
    owner: 'school',
    closedBy: 'success',
    whatHappened: 'A setting is missing or has a value that the connector cannot use.',
    whatToDo: [
      'Open “Settings” on the page of the connection: what is wrong is marked.',
      testAgain,
    ],
  },
  clock_skew: {
    title: 'Two clocks disagree',
    severity: 'warning',
    owner: 'vendor',
    closedBy: 'report',
    whatHappened:
      'The clock of the other system is several minutes away from ours, so that signed messages look too old or come from the future.',
    whatToDo: [
      'Ask whoever runs the other system to set its clock by a time server.',
      'If you run our server yourself, see that its own clock is right.',
    ],
  },
  unsupported: {
    title: 'The other system cannot do what was asked',
    severity: 'info',
    owner: 'us',
    closedBy: 'success',
    whatHappened: 'This edition or version of the other system lacks a function we tried to use.',
    whatToDo: ['Switch the function off in the settings, or ask the supplier for an update.'],
  },
  credentials_expiring: {
    title: 'The credentials end soon',
    severity: 'warning',
    owner: 'school',
    closedBy: 'report',
    whatHappened:
      'The key, token or agreement of this connection has an end, and it is near. After it nothing is fetched or sent.',
    whatToDo: [
      'Make a new key or token in the other system and enter it under “Credentials”, with its new end.',
      'Where a person agreed, press “Authorise” instead.',
    ],
  },
  credentials_expired: {
    title: 'The credentials have ended',
    severity: 'critical',
    owner: 'school',
    closedBy: 'report',
    whatHappened: 'The end that was recorded for the key or token of this connection has passed.',
    whatToDo: [
      'Make a new key or token in the other system and enter it under “Credentials”, with its new end.',
      testAgain,
    ],
  },
  silent_loss: {
    title: 'Some records did not arrive',
    severity: 'critical',
    owner: 'us',
    closedBy: 'report',
    whatHappened:
      'After a synchronisation we count what the other system has and what we have. They differ, although nothing was reported as failed.',
    whatToDo: [
      'Open the last synchronisation of the connection: it lists what is missing and why.',
      'Records without a required field have to be completed in the other system; then synchronise again.',
      'If no reason is given, send us the number of this problem.',
    ],
  },
  removal_held: {
    title: 'A synchronisation wants to remove unusually many records',
    severity: 'critical',
    owner: 'school',
    closedBy: 'report',
    whatHappened:
      'So many people or classes are gone from the other system that we stopped and removed nothing.',
    whatToDo: [
      'See in the other system whether they are really gone: a filter or a right may hide them.',
      'If it is right, for example at the end of a school year, confirm it on the page of the synchronisation.',
    ],
  },
  sync_failed: {
    title: 'A synchronisation did not finish',
    severity: 'warning',
    owner: 'us',
    closedBy: 'report',
    whatHappened:
      'Fetching stopped before the end. What had arrived is kept, and the next run goes on from there.',
    whatToDo: [waits, 'Open the last synchronisation of the connection: it says where it stopped.'],
  },
  stale: {
    title: 'The data are older than they should be',
    severity: 'warning',
    owner: 'us',
    closedBy: 'report',
    whatHappened: 'For longer than planned nothing new was fetched through this connection.',
    whatToDo: [
      'Look at the other problems of this connection: one of them is usually the reason.',
      'If there are none, start a synchronisation by hand and see what it says.',
    ],
  },
  slo_budget_spent: {
    title: 'The connection failed more often than was promised',
    severity: 'warning',
    owner: 'us',
    closedBy: 'report',
    whatHappened:
      'Within thirty days the connection was out of order for longer than its target allows.',
    whatToDo: [
      'Look at “Metrics” on the page of the connection for when and why it failed.',
      'Put off changes that are not urgent until it has been steady for a while.',
    ],
  },
  webhooks_stopped: {
    title: 'The other system stopped telling us about changes',
    severity: 'info',
    owner: 'vendor',
    closedBy: 'report',
    whatHappened:
      'Messages that usually come by themselves do not come any more. We ask regularly instead, so changes arrive later but are not lost.',
    whatToDo: [
      'See in the other system whether its notifications to us are still switched on.',
      askVendor,
    ],
  },
  webhook_refused: {
    title: 'Messages came that are not genuine',
    severity: 'warning',
    owner: 'school',
    closedBy: 'report',
    whatHappened:
      'Several messages reached the address of this connection that were not signed by the other system, or without the right secret. None of them was taken.',
    whatToDo: [
      'See in the other system whether the secret for notifications is the one entered here, or the address of the keys under “Settings” is right.',
      'If it is, somebody else knows the address and tries it: nothing needs to be done.',
    ],
  },
  vendor_outage: {
    title: 'A system fails for several organisations at once',
    severity: 'critical',
    owner: 'vendor',
    closedBy: 'report',
    whatHappened:
      'Connections of several organisations to the same system fail at the same time, so it is most likely the supplier’s side.',
    whatToDo: [
      'Look at the status page of the supplier and report it to them once for all.',
      'The organisations concerned were told themselves; the problem closes when theirs do.',
    ],
  },
  other: {
    title: 'Something unexpected is wrong with the connection',
    severity: 'warning',
    owner: 'us',
    closedBy: 'success',
    whatHappened: 'The evidence below says what was seen.',
    whatToDo: [testAgain, 'If it does not help, send us the number of this problem.'],
  },
}
