import { defineEmbedElement } from './embed-element.ts'

const script = document.currentScript
defineEmbedElement(script instanceof HTMLScriptElement ? new URL(script.src).origin : undefined)
