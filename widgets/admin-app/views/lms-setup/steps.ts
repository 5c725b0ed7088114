import type { LmsProduct } from '../../../../shared/api/lti.ts'
import type { Screen } from './screen-picture.ts'

export interface SetUpStep {
  readonly text: string
  readonly screen: Screen
}

export const productNames: Readonly<Record<LmsProduct, string>> = {
  moodle: 'Moodle',
  canvas: 'Canvas',
  blackboard: 'Blackboard',
  other: 'Another LMS',
}

/** How the link of a registration is used; absent where an administrator of a school cannot. */
export const linkSteps: Readonly<Partial<Record<LmsProduct, readonly SetUpStep[]>>> = {
  moodle: [
    {
      text: 'In Moodle, open Site administration, Plugins, Activity modules, External tool, Manage tools.',
      screen: {
        title: 'Manage tools',
        path: ['Site administration', 'Plugins', 'External tool'],
        lines: [{ label: 'Tool URL', field: 'the registration link' }],
        button: 'Add LTI Advantage',
      },
    },
    {
      text: 'Paste the link, press “Add LTI Advantage”, read what is shared and press “Register”.',
      screen: {
        title: 'Connect your Moodle',
        path: ['Manage tools'],
        lines: [{ label: 'Your LMS will share …' }],
        button: 'Register',
      },
    },
    {
      text: 'Close the page, then press “Activate” on the new tool. Under its settings, choose “Show in activity chooser and as a preconfigured tool”.',
      screen: {
        title: 'Tools',
        path: ['Manage tools'],
        lines: [{ label: 'EdPsych Connect' }, { label: 'Pending' }],
        button: 'Activate',
      },
    },
  ],
  canvas: [
    {
      text: 'In Canvas, open Admin, the account of your school, Apps, Manage.',
      screen: {
        title: 'Apps',
        path: ['Admin', 'Your school', 'Apps'],
        lines: [{ label: 'Discover' }, { label: 'Manage' }],
        button: 'Install a New App',
      },
    },
    {
      text: 'Press “Install a New App”, choose LTI 1.3 and Dynamic Registration, paste the link and go on.',
      screen: {
        title: 'Install App',
        path: ['Apps', 'Manage'],
        lines: [
          { label: 'Install Method', field: 'Dynamic Registration' },
          { label: 'Registration URL', field: 'the registration link' },
        ],
        button: 'Continue',
      },
    },
    {
      text: 'Read what is shared, press “Register”, close the page, then review the placements and install the app.',
      screen: {
        title: 'Review',
        path: ['Apps', 'Manage'],
        lines: [{ label: 'Placements' }, { label: 'Privacy Level', field: 'Name only' }],
        button: 'Install App',
      },
    },
    {
      text: 'Open the tool once from a course. It is refused that first time: approve its deployment here under “LMSs”.',
      screen: {
        title: 'Deployments that wait',
        path: ['EdPsych Connect', 'LMSs'],
        lines: [{ label: 'Year 8 Mathematics', field: '12:9f3c…' }],
        button: 'Approve',
      },
    },
  ],
  other: [
    {
      text: 'If your LMS offers LTI dynamic registration (Brightspace, Sakai and others do), enter the link where it asks for a registration URL.',
      screen: {
        title: 'Register a tool',
        path: ['Administration', 'External tools'],
        lines: [{ label: 'Registration URL', field: 'the registration link' }],
        button: 'Register',
      },
    },
  ],
}

/** How the values are entered by hand. */
export const handSteps: Readonly<Record<LmsProduct, readonly SetUpStep[]>> = {
  moodle: [
    {
      text: 'In Moodle, open Manage tools and choose “configure a tool manually”. Copy the values below into the form, then save.',
      screen: {
        title: 'External tool configuration',
        path: ['Manage tools', 'Configure manually'],
        lines: [
          { label: 'Tool name', field: 'EdPsych Connect' },
          { label: 'LTI version', field: 'LTI 1.3' },
          { label: 'Public key type', field: 'Keyset URL' },
        ],
        button: 'Save changes',
      },
    },
    {
      text: 'Press the magnifying glass on the new tool. Moodle shows a client ID and a deployment ID: enter them here.',
      screen: {
        title: 'Tool configuration details',
        path: ['Manage tools', 'EdPsych Connect'],
        lines: [
          { label: 'Client ID', field: 'gVk5vQ4bqdnbhBf' },
          { label: 'Deployment ID', field: '3' },
        ],
      },
    },
  ],
  canvas: [
    {
      text: 'In Canvas, open Admin, Developer Keys and add an LTI key. Choose “Paste JSON” as the method, paste the document below and save; then switch the key on.',
      screen: {
        title: 'Key Settings',
        path: ['Admin', 'Developer Keys', 'LTI Key'],
        lines: [
          { label: 'Method', field: 'Paste JSON' },
          { label: 'LTI 1.3 Configuration', field: '{ "title": …' },
        ],
        button: 'Save',
      },
    },
    {
      text: 'The list of keys shows a long number under Details: that is the client ID. Add the app to your account by that client ID under Settings, Apps.',
      screen: {
        title: 'Add App',
        path: ['Settings', 'Apps', 'View App Configurations'],
        lines: [
          { label: 'Configuration Type', field: 'By Client ID' },
          { label: 'Client ID', field: '10000000000123' },
        ],
        button: 'Submit',
      },
    },
    {
      text: 'Open the menu of the app and choose “Deployment Id”. Enter both here. Without the deployment ID the first launch is offered for approval instead.',
      screen: {
        title: 'Deployment Id',
        path: ['Settings', 'Apps', 'EdPsych Connect'],
        lines: [{ label: '12:9f3c41d0b6…' }],
      },
    },
  ],
  blackboard: [
    {
      text: 'Whoever runs this installation registers the tool once at developer.anthology.com with the values below, and gets an Application ID: the same for all its schools.',
      screen: {
        title: 'Register an application',
        path: ['developer.anthology.com', 'My Apps'],
        lines: [
          { label: 'Application Name', field: 'EdPsych Connect' },
          { label: 'My integration supports LTI 1.3', field: 'on' },
          { label: 'Signing Algorithm', field: 'RS256' },
        ],
        button: 'Register Application',
      },
    },
    {
      text: 'In Blackboard, open Administrator Panel, Integrations, LTI Tool Providers and register an LTI 1.3 tool with that ID as the client ID. Approve it, with role and name among the fields to send, and allow grade and membership service access.',
      screen: {
        title: 'Register LTI 1.3/Advantage Tool',
        path: ['Administrator Panel', 'LTI Tool Providers'],
        lines: [{ label: 'Client ID', field: 'fe3ebd13-39a4-…' }],
        button: 'Submit',
      },
    },
    {
      text: 'Edit the new tool: Blackboard shows its deployment ID. Enter the client ID and the deployment ID here.',
      screen: {
        title: 'Edit tool',
        path: ['LTI Tool Providers', 'EdPsych Connect'],
        lines: [{ label: 'Deployment ID', field: 'ea4e4459-2363-…' }],
      },
    },
  ],
  other: [
    {
      text: 'Register an LTI 1.3 tool in the LMS with the addresses below, with deep linking, grades (Assignment and Grade Services) and members (Names and Role Provisioning) switched on.',
      screen: {
        title: 'Add a tool',
        path: ['Administration', 'External tools'],
        lines: [
          { label: 'Login initiation URL', field: '…/lti/login' },
          { label: 'Redirect URI', field: '…/lti/launch' },
        ],
        button: 'Save',
      },
    },
    {
      text: 'The LMS then shows its issuer, a client ID, a deployment ID and three addresses. Enter them here.',
      screen: {
        title: 'Details for the tool',
        path: ['External tools', 'EdPsych Connect'],
        lines: [
          { label: 'Issuer', field: 'https://lms.school.example' },
          { label: 'Client ID', field: 'abc123' },
        ],
      },
    },
  ],
}
