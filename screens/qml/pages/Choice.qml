pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// One question, two to five answers, each with its consequence.
KioskPage {
    title: Form.title
    lead: Form.hint
    next: Form.chosen ? qsTrId("bar.next") : qsTrId("choice.waiting")
    nextIcon: Form.chosen ? "arrow_forward" : ""
    ready: Form.chosen
    onNextPressed: Visit.next()
    Column {
        width: parent.width
        spacing: 24
        Note {
            visible: Form.choiceProblem !== ""
            width: parent.width
            kind: "failed"
            text: Form.choiceProblem
        }
        Repeater {
            model: Form.choices
            OptionRow {
                required property var modelData
                width: parent.width
                implicitHeight: 172
                radio: true
                checked: modelData.chosen
                label: modelData.label
                onActivated: Form.chooseOnly(modelData.id)
            }
        }
    }
}
