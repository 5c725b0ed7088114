import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
} from 'chart.js'
import type { Line } from './history-series.ts'

Chart.register(
  BarController,
  BarElement,
  CategoryScale,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
)

export interface HistoryLook {
  readonly colours: Readonly<Record<Line['tone'], string>>
  readonly text: string
  readonly grid: string
  readonly font: string
}

/** Draws stacked bars, or lines that differ by dash as well as colour; the answer removes the drawing. */
export function drawHistory(
  canvas: HTMLCanvasElement,
  { labels, unit, lines }: { labels: readonly string[]; unit: string; lines: readonly Line[] },
  kind: 'bar' | 'line',
  look: HistoryLook,
): () => void {
  const dashes = [[], [8, 4], [2, 3]]
  const chart = new Chart<'bar' | 'line', (number | null)[], string>(canvas, {
    type: kind,
    data: {
      labels: [...labels],
      datasets: lines.map(({ name, tone, values }, index) => ({
        label: name,
        data: [...values],
        backgroundColor: look.colours[tone],
        borderColor: look.colours[tone],
        borderDash: dashes[index] ?? [],
        borderWidth: kind === 'line' ? 2 : 0,
        pointRadius: values.length > 60 ? 0 : 2,
        spanGaps: false,
      })),
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      locale: 'en-GB',
      font: { family: look.font },
      interaction: { mode: 'index', intersect: false },
      scales: {
        x: {
          stacked: kind === 'bar',
          ticks: { color: look.text, maxRotation: 0, autoSkipPadding: 16 },
          grid: { display: false },
        },
        y: {
          stacked: kind === 'bar',
          beginAtZero: true,
          title: { display: true, text: unit, color: look.text },
          ticks: { color: look.text, precision: 0 },
          grid: { color: look.grid },
        },
      },
    },
  })
  return () => chart.destroy()
}
