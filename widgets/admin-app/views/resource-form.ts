import { html } from 'lit'
import type { z } from 'zod'
import type { ContentBlock, Resource, ResourceBody } from '../../../shared/api/resources.ts'

const types = ['lesson', 'activity', 'worksheet', 'video', 'article', 'guidance'] as const
const licences = [
  ['CC BY 4.0', 'https://creativecommons.org/licenses/by/4.0/'],
  ['CC BY-SA 4.0', 'https://creativecommons.org/licenses/by-sa/4.0/'],
  ['CC BY-NC 4.0', 'https://creativecommons.org/licenses/by-nc/4.0/'],
  [
    'Open Government Licence v3.0',
    'https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/',
  ],
  ['All rights reserved', ''],
] as const

function input(
  name: string,
  label: string,
  value: string,
  options: { type?: string; required?: boolean; hint?: string } = {},
) {
  return html`<div class="field">
    <label for="resource-${name}">${label}</label>
    ${options.hint ? html`<p class="hint" id="resource-${name}-hint">${options.hint}</p>` : ''}
    <input id="resource-${name}" name=${name} type=${options.type ?? 'text'} ?required=${options.required ?? false} aria-describedby=${options.hint ? `resource-${name}-hint` : ''} .value=${value} />
  </div>`
}

/** The fields of a library resource, filled from what is stored. */
export function resourceFields(resource: Resource | undefined) {
  return html`
    ${input('name', 'Title', resource?.name ?? '', { required: true })}
    <div class="field">
      <label for="resource-description">What it is for</label>
      <textarea id="resource-description" name="description" rows="2" .value=${resource?.description ?? ''}></textarea>
    </div>
    <div class="field">
      <label for="resource-type">Type</label>
      <select id="resource-type" name="learningResourceType">
        ${types.map((type) => html`<option ?selected=${type === (resource?.learningResourceType ?? 'guidance')}>${type}</option>`)}
      </select>
    </div>
    ${input('educationalLevel', 'Key stage or level', resource?.educationalLevel ?? '')}
    ${input('about', 'Subjects', resource?.about.join(', ') ?? '', { hint: 'Separated by commas' })}
    ${input('url', 'Address, if it is hosted elsewhere', resource?.url ?? '', { type: 'url' })}
    <div class="field">
      <label for="resource-content">Text</label>
      <p class="hint" id="resource-content-hint">An empty line starts a new paragraph; # before a line makes a heading; lines with - make a list.</p>
      <textarea id="resource-content" name="content" rows="10" aria-describedby="resource-content-hint" .value=${blocksToText(resource?.content ?? [])}></textarea>
    </div>
    <div class="field">
      <label for="resource-license">Licence</label>
      <select id="resource-license" name="license">
        ${licences.map(([name]) => html`<option ?selected=${name === (resource?.license.name ?? licences[0][0])}>${name}</option>`)}
      </select>
    </div>
    ${input('attribution', 'Who must be named', resource?.attribution ?? '', { required: true })}
  `
}

export function readResourceForm(form: HTMLFormElement): z.input<typeof ResourceBody> {
  const data = new FormData(form)
  const text = (name: string) => String(data.get(name) ?? '').trim()
  const license = licences.find(([name]) => name === text('license')) ?? licences[4]
  return {
    name: text('name'),
    description: text('description'),
    learningResourceType: types.find((type) => type === text('learningResourceType')) ?? 'guidance',
    educationalLevel: text('educationalLevel') || null,
    about: text('about')
      .split(',')
      .map((subject) => subject.trim())
      .filter((subject) => subject !== ''),
    url: text('url') || null,
    content: textToBlocks(text('content')),
    license: { name: license[0], url: license[1] || null },
    attribution: text('attribution'),
  }
}

export function textToBlocks(text: string): ContentBlock[] {
  return text
    .split(/\n\s*\n/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(toBlock)
}

function toBlock(part: string): ContentBlock {
  const lines = part.split('\n')
  if (/^#\s+/.test(part) && lines.length === 1) {
    return { type: 'heading', text: part.replace(/^#\s+/, '') }
  }
  for (const [ordered, marker] of [
    [false, /^[-*]\s+/],
    [true, /^\d+[.)]\s+/],
  ] as const) {
    if (lines.every((line) => marker.test(line))) {
      return { type: 'list', ordered, entries: lines.map((line) => line.replace(marker, '')) }
    }
  }
  return { type: 'paragraph', text: lines.join(' ') }
}

export function blocksToText(blocks: readonly ContentBlock[]): string {
  return blocks
    .map((block) => {
      if (block.type === 'heading') return `# ${block.text}`
      if (block.type === 'paragraph') return block.text
      return block.entries
        .map((entry, index) => (block.ordered ? `${index + 1}. ${entry}` : `- ${entry}`))
        .join('\n')
    })
    .join('\n\n')
}
