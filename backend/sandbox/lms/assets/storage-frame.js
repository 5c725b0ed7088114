// The frame that Canvas and Blackboard name for data of tools: the messages are answered here.
import './platform-messages.js'
