import { html } from 'lit'
import type { EventTypeDescription } from '../../shared/api/events.ts'

/** Check boxes for the events of an endpoint, all or some. */
export function eventTypeFields(
  types: readonly EventTypeDescription[],
  chosen: readonly string[] = ['*'],
) {
  const all = chosen.includes('*')
  return html`<fieldset><legend>Events</legend>
    <label class="check"><input type="checkbox" name="every" ?checked=${all} @change=${showChoice} /> Every type, also those to come</label>
    <div class="event-choice" ?hidden=${all}>
      ${types.map(({ name, title }) => html`<label class="check"><input type="checkbox" name="eventType" value=${name} ?checked=${chosen.includes(name)} /> ${title} <code>${name}</code></label>`)}
    </div>
  </fieldset>`
}

/** What was chosen in `eventTypeFields`; empty when nothing was. */
export function chosenEventTypes(data: FormData): string[] {
  return data.has('every') ? ['*'] : data.getAll('eventType').map(String)
}

function showChoice(event: Event): void {
  const box = event.target as HTMLInputElement
  const choice = box.closest('fieldset')?.querySelector<HTMLElement>('.event-choice')
  if (choice) choice.hidden = box.checked
}
