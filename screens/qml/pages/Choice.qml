pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// One question; up to five answers stand under each other, more of them in two columns.
KioskPage {
    id: page
    readonly property int columns: Form.choices.length > 5 ? 2 : 1
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
        Grid {
            columns: page.columns
            columnSpacing: 24
            rowSpacing: 24
            Repeater {
                model: Form.choices
                OptionRow {
                    required property var modelData
                    width: (page.bodyWidth - (page.columns - 1) * 24) / page.columns
                    implicitHeight: page.columns === 1 ? 172 : 132
                    radio: true
                    checked: modelData.chosen
                    label: modelData.label
                    onActivated: Form.chooseOnly(modelData.id)
                }
            }
        }
    }
}
