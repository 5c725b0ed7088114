import './pairing-page.ts'
