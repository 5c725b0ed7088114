import './library-panel.ts'
